/// Says before each record whether the trail can take it.
struct TrailWatch: Sendable {
  let demands: AuditDemands
  /// The daemon's log, where a daemon is demanded.
  private let log: (any DaemonLog)?

  private var mark: DaemonLogState.Mark?
  /// When the first record was sent since the log changed last, in nanoseconds on a monotonic clock.
  private var waitingSince: Int64?
  private var daemon: Int32?
  /// When a record was last sent that was not expected to arrive, or did not.
  private var probed: (at: Int64, error: AuditError)?

  /// How long the daemon may take to write what it was sent, and how often a trail that is down is tried, in nanoseconds.
  static let patience: Int64 = 2_000_000_000
  static let probeInterval: Int64 = 1_000_000_000
  /// Room for a few of the longest records, enriched.
  static let leastRoom: UInt64 = 64 << 10

  init(demands: AuditDemands, log: (any DaemonLog)?) {
    self.demands = demands
    self.log = log
  }

  /// The error of a trial that failed so shortly ago that there is none yet again.
  func holdOff(now: Int64) -> AuditError? {
    guard let probed, now - probed.at < Self.probeInterval else { return nil }
    return probed.error
  }

  /// That the daemon does not write.
  var silence: AuditError { .daemonSilent(log: log?.path ?? "its log") }

  /// Notes a trial that failed.
  mutating func failed(_ error: AuditError, now: Int64) {
    switch error {
    case .notConfirmed, .daemonSilent: probed = (now, error)
    default: break
    }
  }

  /// Notes a record that the kernel took.
  mutating func sent(now: Int64) {
    if waitingSince == nil { waitingSince = now }
  }

  /// What the kernel says, or why no record can be sent. Blocks for no daemon. A record to see whether the daemon writes again
  /// may be sent to a silent one.
  mutating func look(
    through link: any AuditLink, now: Int64, isProbe: Bool
  ) throws(AuditError) -> (status: AuditStatus, isSilent: Bool) {
    let status = try link.status()
    // The kernel acknowledges a record that it drops because audit is disabled.
    guard status.isEnabled else { throw .disabled }
    // With more than the limit it lets a sender wait, as long as `backlog_wait_time`.
    guard status.backlogLimit == 0 || status.backlog < status.backlogLimit else {
      throw .backlogFull(waiting: status.backlog, limit: status.backlogLimit)
    }
    guard let log else { return (status, false) }
    guard let daemon = status.daemon else { throw .noDaemon }
    guard link.isAlive(daemon) else { throw .daemonDead(process: daemon) }
    let isSilent = try isSilent(log, daemon, now)
    if isSilent, !isProbe { throw silence }
    return (status, isSilent)
  }

  private mutating func isSilent(
    _ log: any DaemonLog, _ daemon: Int32, _ now: Int64
  ) throws(AuditError) -> Bool {
    if daemon != self.daemon {
      self.daemon = daemon
      waitingSince = nil
    }
    // Without a log of its own, the daemon passes records on, and nothing shows that it does.
    guard let state = log.look() else { return false }
    if state.mark != mark {
      mark = state.mark
      waitingSince = nil
    }
    guard state.free >= Self.leastRoom else { throw .logDiskFull(log: log.path, bytes: state.free) }
    return waitingSince.map { now - $0 > Self.patience } ?? false
  }
}
