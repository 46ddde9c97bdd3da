internal import CAudit

/// Why there is no record.
public enum AuditError: Error, Equatable, Sendable {
  /// The kernel would take the record and drop it.
  case disabled
  case notPermitted
  /// The kernel has no audit, or none for this namespace.
  case unsupported
  /// The record cannot be written whole; `bytes` is what it would take of ``AuditRecord/maximumBytes``.
  case tooLong(bytes: Int)
  /// While the record was written, the kernel lost records; ours may be one of them.
  case lost(records: UInt32)
  case system(call: String, errno: Int32)
  /// So many records wait for auditd, and the kernel would make a sender wait as well.
  case backlogFull(waiting: UInt32, limit: UInt32)
  /// The configuration demands an audit daemon, and none is connected to the kernel.
  case noDaemon
  /// The process that the kernel has for the audit daemon is gone.
  case daemonDead(process: Int32)
  /// Records were sent, and the daemon's log did not change.
  case daemonSilent(log: String)
  /// So many bytes are left where the daemon's log is.
  case logDiskFull(log: String, bytes: UInt64)
  /// The kernel acknowledged the record and did not pass it on.
  case notConfirmed
  /// So many ended calls wait for their end to be recorded.
  case endsOutstanding(calls: Int)
  /// The trail has its last record: the broker stops.
  case stopped
  /// Another broker keeps its state there.
  case stateInUse(path: String)
  case state(path: String, problem: String)

  /// One line in lower case.
  public var message: String {
    switch self {
    case .disabled:
      "the audit system is disabled in the kernel: a record would vanish"
    case .notPermitted:
      "not permitted to use the audit system"
    case .unsupported:
      "the kernel offers no audit system here"
    case .tooLong(let bytes):
      "the record takes \(bytes) bytes, and the kernel keeps \(AuditRecord.maximumBytes)"
    case .lost(let records):
      "the kernel lost \(records) audit record\(records == 1 ? "" : "s") while this one was written"
    case .system(let call, let number):
      "\(call): \(Self.name(of: number))"
    case .backlogFull(let waiting, let limit):
      "\(waiting) audit records wait for auditd, and \(limit) are the kernel's limit"
    case .noDaemon:
      "no audit daemon runs, and the configuration demands one"
    case .daemonDead(let process):
      "the audit daemon, process \(process), is gone, and the configuration demands one"
    case .daemonSilent(let log):
      "the audit daemon does not write: \(log) did not change when records were sent"
    case .logDiskFull(let log, let bytes):
      "the disk of \(log) is full: \(bytes) bytes are left"
    case .notConfirmed:
      "the kernel took the record and did not pass it on"
    case .endsOutstanding(let calls):
      "\(calls) calls have ended and wait for the audit trail to record it"
    case .stopped:
      "the broker is stopping"
    case .stateInUse(let path):
      "another broker keeps its state in \(path)"
    case .state(let path, let problem):
      "the state of the audit trail, \(path), cannot be used: \(problem)"
    }
  }

  /// What to do about it, one line.
  public var hint: String {
    switch self {
    case .disabled:
      "enable it with `auditctl -e 1`, or install and start auditd: apt-get install auditd"
    case .notPermitted:
      "the broker needs CAP_AUDIT_WRITE and, to see whether audit is enabled, CAP_AUDIT_CONTROL, and the host's own pid namespace"
    case .unsupported:
      "boot a kernel with CONFIG_AUDIT and without audit=0, and start the broker outside of user and network namespaces"
    case .tooLong:
      "write a shorter line"
    case .lost:
      "raise the backlog limit, `auditctl -b 8192`, and see that auditd keeps up: `auditctl -s`"
    case .system:
      "see `auditctl -s` and the system log"
    case .backlogFull:
      "see that auditd runs and keeps up: `auditctl -s`, `systemctl status auditd`; raise the limit with `auditctl -b 8192`"
    case .noDaemon:
      "start it: systemctl start auditd; or take `daemon: required` out of broker.yaml"
    case .daemonDead:
      "start it again: systemctl restart auditd"
    case .daemonSilent:
      "see `systemctl status auditd` and its disk; a daemon that suspended itself goes on with `pkill -USR2 -x auditd`"
    case .logDiskFull:
      "make room there, then `pkill -USR2 -x auditd`"
    case .notConfirmed:
      "see `auditctl -l` for a rule that drops records of this type, such as `-a never,user` or `-a always,exclude`"
    case .endsOutstanding:
      "the audit trail must work again first: `auditctl -s`"
    case .stopped:
      "try again in a moment"
    case .stateInUse:
      "stop the other one, or give this one a file of its own: `audit-state:` in broker.yaml"
    case .state:
      "it must be a file on a disk with room, in a directory of root's: `audit-state:` in broker.yaml"
    }
  }

  /// Whether a record that failed so never reached the kernel.
  var isCertain: Bool {
    switch self {
    case .lost, .system, .notConfirmed: false
    default: true
    }
  }

  private static func name(of number: Int32) -> String {
    // The name is a constant of libaudit's table.
    if let name = unsafe audit_errno_to_name(number) { return unsafe String(cString: name) }
    return "errno \(number)"
  }
}
