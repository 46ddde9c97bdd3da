internal import AuditSchema

/// What the kernel says of its audit system (AUDIT_GET; `auditctl -s`).
public struct AuditStatus: Equatable, Sendable {
  public var isEnabled: Bool
  /// auditd's process id; nil when there is none, and then records go to the kernel log only, at a limited rate.
  public var daemon: Int32?
  /// Records lost since boot.
  public var lost: UInt32
  /// Records that wait for auditd.
  public var backlog: UInt32
  public var backlogLimit: UInt32

  public init(isEnabled: Bool, daemon: Int32?, lost: UInt32, backlog: UInt32, backlogLimit: UInt32) {
    self.isEnabled = isEnabled
    self.daemon = daemon
    self.lost = lost
    self.backlog = backlog
    self.backlogLimit = backlogLimit
  }
}

/// The way to the kernel. Not reentrant: ``AuditTrail`` calls one function at a time.
protocol AuditLink: Sendable {
  func status() throws(AuditError) -> AuditStatus
  /// Returns when the kernel has acknowledged the record.
  func send(_ record: AuditRecord, text: String) throws(AuditError)
  /// Whether there is such a process.
  func isAlive(_ process: Int32) -> Bool
  /// Forgets what the kernel passed on until now.
  func forgetEmitted()
  /// Waits until the kernel has passed on a record of this type whose text has these words, `milliseconds` at most; false
  /// when that is over.
  func hasEmitted(_ type: AuditRecordType, containing words: String, milliseconds: Int) -> Bool
}
