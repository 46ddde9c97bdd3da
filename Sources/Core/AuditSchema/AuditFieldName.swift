/// The fields that Keyhole writes. None ends in a name that ausearch(8) looks for by itself (`res`, `exe`, `uid`, `comm`,
/// `cwd`, `hostname`, `terminal`).
public enum AuditFieldName: String, CaseIterable, Sendable {
  case op, call, acct, key, vm, policy, verdict, rule, cmd
  case commandBytes = "cmd-bytes"
  case info
  case status, cause
  case duration = "duration-ms"
  case bytes = "bytes-out"
  case refusals
  case name
  case nameBytes = "name-bytes"
  case oldPolicy = "old-policy"
  case unit
  case by, admin, login
  case session, calls, change
  case boot, after
  case previous = "prev"
  case open, unsure, missed
  case sequence = "seq"
  case chain

  /// Whether the value may come from outside, and then stands in one of the encoded forms: docs/audit.md, "Forms".
  public var isEncoded: Bool {
    switch self {
    case .acct, .key, .vm, .rule, .cmd, .info, .name: true
    default: false
    }
  }
}
