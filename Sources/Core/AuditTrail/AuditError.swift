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
    }
  }

  private static func name(of number: Int32) -> String {
    // The name is a constant of libaudit's table.
    if let name = unsafe audit_errno_to_name(number) { return unsafe String(cString: name) }
    return "errno \(number)"
  }
}
