internal import Synchronization

/// The machine's audit trail: nothing runs unrecorded.
///
/// A record is written when the kernel said that audit is enabled, acknowledged the record and lost none meanwhile. What
/// that leaves open, such as an administrator's rule that filters records, stands in docs/audit.md.
public final class AuditTrail: Sendable {
  private let link: (any AuditLink)?
  private let executable: [UInt8]
  /// libaudit keeps state of its own and is not reentrant.
  private let turn = Mutex(())

  /// Connects to the kernel; needs CAP_AUDIT_WRITE and CAP_AUDIT_CONTROL from the first record on.
  public convenience init() throws(AuditError) {
    self.init(link: try KernelAuditLink(), executable: KernelAuditLink.executable())
  }

  init(link: (any AuditLink)?, executable: [UInt8]) {
    self.link = link
    self.executable = executable
  }

  /// Commands run and leave no trace. Only for a machine whose administrator's configuration asks for exactly this; say
  /// so on the terminal and in the log at each start.
  public static func runningUnrecordedByConfiguration() -> AuditTrail {
    AuditTrail(link: nil, executable: [])
  }

  public var isRecording: Bool { link != nil }

  /// What the kernel says; nil when nothing is recorded by configuration.
  public func status() throws(AuditError) -> AuditStatus? {
    guard let link else { return nil }
    return try turn.withLock { _ throws(AuditError) in try link.status() }
  }

  /// Returns when the record is in the trail, and throws when it may not be.
  ///
  /// Blocks, for as long as the kernel lets a sender wait when auditd does not keep up (`backlog_wait_time`).
  public func record(_ record: AuditRecord) throws(AuditError) {
    guard let link else { return }
    let text = try record.text(executable: executable)
    try turn.withLock { _ throws(AuditError) in
      let before = try link.status()
      // The kernel acknowledges a record that it drops because audit is disabled.
      guard before.isEnabled else { throw .disabled }
      try link.send(record, text: text)
      // It also acknowledges a record for which the backlog has no room, and one sent just after audit was disabled.
      let after = try link.status()
      guard after.isEnabled else { throw .disabled }
      guard after.lost == before.lost else { throw .lost(records: after.lost &- before.lost) }
    }
  }

  /// Records that the line is allowed, and gives what it takes to run it.
  ///
  /// Throws `.tooLong` for a line that cannot be recorded whole, also for one that a front has cut.
  public func recordDecision(_ decision: Decision) throws(AuditError) -> RecordedDecision {
    guard decision.lineLength == decision.line?.count ?? 0 else {
      throw .tooLong(bytes: 2 * decision.lineLength)
    }
    try record(.allowed(decision))
    return RecordedDecision(call: decision.call)
  }
}
