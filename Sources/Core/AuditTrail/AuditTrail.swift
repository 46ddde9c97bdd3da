internal import AuditSchema
public import Kernel
internal import Synchronization

/// The machine's audit trail: nothing runs unrecorded.
///
/// A record is written when the kernel said that audit is enabled, acknowledged the record and lost none meanwhile. Each has
/// a number and is chained to the one before. What that leaves open, such as an administrator's rule that filters records,
/// stands in docs/audit.md.
public final class AuditTrail: Sendable {
  /// libaudit keeps state of its own and is not reentrant; numbers follow one another.
  private let writer: LockedWriter?
  private let flusher: StateFlusher?

  /// Connects to the kernel and takes over the state that an earlier broker left in `statePath`, which no other may have.
  ///
  /// Needs CAP_AUDIT_WRITE and CAP_AUDIT_CONTROL, and CAP_AUDIT_READ for a confirmation. `calls` may be open at once.
  public convenience init(
    unit: AuditToken, statePath: String, calls: Int, demands: AuditDemands
  ) throws(AuditError) {
    let link = try KernelAuditLink(confirms: demands.confirmation)
    let file = try StateFile.open(statePath)
    let boot: String
    let flusher: StateFlusher
    let state: TrailState
    do throws(KernelError) {
      boot = try TrailState.currentBoot()
    } catch {
      throw .state(path: statePath, problem: "\(error)")
    }
    state = try file.state(boot: boot, calls: calls)
    do throws(KernelError) {
      flusher = try StateFlusher(file)
    } catch {
      throw .state(path: statePath, problem: "\(error)")
    }
    let log = demands.daemonConfiguration.map { ConfiguredDaemonLog(configuration: $0) }
    let writer = TrailWriter(
      link: link, executable: KernelAuditLink.executable(), unit: unit, boot: boot, state: state,
      flusher: flusher, watch: TrailWatch(demands: demands, log: log))
    self.init(writer, flusher: flusher)
  }

  init(_ writer: consuming sending TrailWriter, flusher: StateFlusher? = nil) {
    self.writer = LockedWriter(writer)
    self.flusher = flusher
  }

  private init() {
    writer = nil
    flusher = nil
  }

  /// Commands run and leave no trace. Only for a machine whose administrator's configuration asks for exactly this; say
  /// so on the terminal and in the log at each start.
  public static func runningUnrecordedByConfiguration() -> AuditTrail { AuditTrail() }

  public var isRecording: Bool { writer != nil }

  /// What the kernel says, without a trail.
  public static func kernelStatus() throws(AuditError) -> AuditStatus { try KernelAuditLink().status() }

  /// What the kernel says; nil when nothing is recorded by configuration.
  public func status() throws(AuditError) -> AuditStatus? {
    guard let writer else { return nil }
    return try writer.withLock { writer throws(AuditError) in try writer.status() }
  }

  /// Returns when the record is in the trail, and throws when it may not be.
  public func record(_ record: AuditRecord) throws(AuditError) {
    guard let writer else { return }
    try writer.withLock { writer throws(AuditError) in try writer.write(record) }
  }

  /// Records that the line is allowed, and gives what it takes to run it.
  ///
  /// Throws `.tooLong` for a line that cannot be recorded whole, also for one that a front has cut.
  public func recordDecision(_ decision: Decision) throws(AuditError) -> RecordedDecision {
    guard decision.lineLength == decision.line?.count ?? 0 else {
      throw .tooLong(bytes: 2 * decision.lineLength)
    }
    let slot = try writer?.withLock { writer throws(AuditError) in try writer.open(decision) }
    return RecordedDecision(OpenCall(decision, in: self, slot: slot))
  }
}

/// One writer, used by one thread at a time.
private final class LockedWriter: Sendable {
  private let writer: Mutex<TrailWriter>

  init(_ writer: consuming sending TrailWriter) { self.writer = Mutex(writer) }

  func withLock<Result, Failure: Error>(
    _ body: (inout TrailWriter) throws(Failure) -> sending Result
  ) throws(Failure) -> Result {
    try writer.withLock { writer throws(Failure) in try body(&writer) }
  }
}

// MARK: Start and stop

extension AuditTrail {
  /// Records the start, and the end of each call that an earlier broker left open. Throws when that could not be recorded yet:
  /// it comes before the next record then.
  public func begin(policy: AuditToken?) throws(AuditError) {
    let error = writer?.withLock { $0.begin(policy: policy) } ?? nil
    if let error { throw error }
  }

  /// What is to be told of the state that was found, one line; nil when there is nothing.
  public var finding: String? { writer?.withLock { $0.finding } ?? nil }

  /// Records an orderly stop, after which there is no other record. An `error` says why the service stops when nobody
  /// stopped it.
  public func stop(error reason: String? = nil) throws(AuditError) {
    try writer?.withLock { writer throws(AuditError) in try writer.close(error: reason) }
    do throws(KernelError) {
      try flusher?.flush()
    } catch {
      throw .state(path: "the state file", problem: "\(error)")
    }
  }

  /// Keeps the state on the disk, and tells of trouble once the trail can be written again, in threads of its own. `report`
  /// gets what hinders it.
  public func keepUp(report: @escaping @Sendable (String) -> Void) throws(KernelError) {
    guard writer != nil else { return }
    if let flusher { try WorkerThread.start { flusher.serve(report: report) } }
    try WorkerThread.start { [weak self] in
      while self != nil {
        var nothing: [PollEntry] = []
        _ = try? poll(&nothing, milliseconds: 1000)
        self?.writer?.withLock { $0.catchUpNow() }
      }
    }
  }
}

// MARK: Open calls

extension AuditTrail {
  func run(_ slot: Int) { writer?.withLock { $0.run(slot) } }

  func end(_ slot: Int, _ record: AuditRecord) throws(AuditError) {
    try writer?.withLock { writer throws(AuditError) in try writer.end(slot, record) }
  }
}
