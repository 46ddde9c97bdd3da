internal import Kernel

/// A keyhole-session that has been started and waits for its connection.
final class WaitingSession {
  let process: ChildProcess
  let control: MessageSocket

  init(process: consuming ChildProcess, control: consuming MessageSocket) {
    self.process = process
    self.control = control
  }

  /// Ends it for good: it has no connection yet, and so nothing to lose.
  func end() {
    try? process.kill()
    _ = try? process.wait()
  }
}

/// Sessions that wait: to start one takes longer than to serve a short call's first packets.
///
/// Filled between connections, one session at a time, and not while a burst comes in: then a session started ahead of time
/// only takes the processor from one that is needed now.
struct SessionPool {
  private(set) var waiting: [WaitingSession] = []
  private var quietFrom: Int64 = 0
  private static let size = 2
  /// In nanoseconds: without a new connection for so long, there is no burst.
  private static let quiet: Int64 = 5_000_000
  /// After a session that could not be started or did not live to get a connection.
  private static let patience: Int64 = 5_000_000_000

  /// When ``fill(_:now:)`` is to be called next; nil when the pool is full.
  var deadline: Int64? { waiting.count < Self.size ? quietFrom : nil }

  mutating func take(now: Int64) -> WaitingSession? {
    quietFrom = max(quietFrom, now + Self.quiet)
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  mutating func fill(_ supplies: SessionSupplies, now: Int64) throws(KernelError) {
    guard waiting.count < Self.size, now >= quietFrom else { return }
    // Whatever happens next, the next one is not started before this moment.
    quietFrom = now + Self.patience
    waiting.append(try supplies.start())
    quietFrom = now
  }

  /// Takes away a session that has ended while it waited.
  mutating func remove(at index: Int, now: Int64) -> WaitingSession {
    quietFrom = now + Self.patience
    return waiting.remove(at: index)
  }

  /// Ends all that wait: they are of an old program, or nobody comes any more.
  mutating func empty() {
    for session in waiting { session.end() }
    waiting = []
  }
}
