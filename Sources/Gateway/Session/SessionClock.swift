internal import Kernel
internal import Wire

/// When something is due on an agent's connection though nothing happens. Times are those of ``MonotonicClock``.
struct SessionClock {
  enum Due: Equatable {
    case nothing
    /// The client is to be asked for a sign of life.
    case keepalive
    /// It was asked often enough.
    case clientSilent
    /// No command has run for too long.
    case idle
  }

  private let idleTime: Int64
  private let keepaliveInterval: Int64
  private let keepaliveCount: Int64
  private var idleSince: Int64?
  private var heardAt: Int64
  private var heardPackets: UInt64 = 0
  private var unanswered: Int64 = 0

  private static let millisecond: Int64 = 1_000_000

  init(_ settings: SessionSettings, now: Int64) {
    idleTime = Int64(settings.idleTime) * Self.millisecond
    keepaliveInterval = Int64(settings.keepaliveInterval) * Self.millisecond
    keepaliveCount = Int64(settings.keepaliveCount)
    heardAt = now
  }

  /// What is due now, given how many packets have come by now and whether a command runs.
  mutating func look(now: Int64, packets: UInt64, isBusy: Bool) -> Due {
    if packets != heardPackets {
      heardPackets = packets
      heardAt = now
      unanswered = 0
    }
    idleSince = isBusy ? nil : idleSince ?? now
    if idleTime > 0, let idleSince, now - idleSince >= idleTime { return .idle }
    guard keepaliveInterval > 0, now - heardAt >= keepaliveInterval * (unanswered + 1) else {
      return .nothing
    }
    if unanswered >= keepaliveCount { return .clientSilent }
    unanswered += 1
    return .keepalive
  }

  /// When to look again at the latest; nil when nothing can become due by time alone.
  var next: Int64? {
    var times: [Int64] = []
    if idleTime > 0, let idleSince { times.append(idleSince + idleTime) }
    if keepaliveInterval > 0 { times.append(heardAt + keepaliveInterval * (unanswered + 1)) }
    return times.min()
  }
}
