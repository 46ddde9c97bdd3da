/// What a record of Keyhole is about: the values of its field `op`. docs/audit.md describes each.
public enum AuditOperation: String, Equatable, Sendable, CaseIterable {
  case decision = "keyhole:decision"
  case end = "keyhole:end"
  case refusedOpen = "keyhole:refused-open"
  case refusedConnect = "keyhole:refused-connect"
  case refusedWrite = "keyhole:refused-write"
  case policyLoad = "keyhole:policy-load"
  case start = "keyhole:start"
  case stop = "keyhole:stop"
  case authentication = "keyhole:authentication"
  case sessionEnd = "keyhole:session-end"
  case agentChange = "keyhole:agent-change"
  case auditTrouble = "keyhole:audit-trouble"

  /// The record types under which it is written.
  public var types: [AuditRecordType] {
    switch self {
    case .decision, .end: [.userCommand]
    case .refusedOpen, .refusedConnect, .refusedWrite: [.refusedFileAccess]
    case .policyLoad: [.systemConfiguration]
    case .start: [.serviceStart]
    case .stop: [.serviceStop]
    case .authentication: [.userAuthentication]
    case .sessionEnd: [.userEnd]
    case .agentChange: [.userAdded, .userDeleted, .userManagement, .accountLocked, .accountUnlocked]
    case .auditTrouble: [.systemConfiguration]
    }
  }
}

/// Record types that ausearch(8) and aureport(8) know; the numbers are those of linux/audit.h and libaudit.h.
public enum AuditRecordType: Int32, Equatable, Sendable, CaseIterable {
  case userAuthentication = 1100
  case userManagement = 1102
  case userEnd = 1106
  case systemConfiguration = 1111
  case userAdded = 1114
  case userDeleted = 1115
  case userCommand = 1123
  case serviceStart = 1130
  case serviceStop = 1131
  case accountLocked = 1135
  case accountUnlocked = 1136
  case refusedFileAccess = 2111

  /// As it stands behind `type=` in a log.
  public var name: StaticString {
    switch self {
    case .userAuthentication: "USER_AUTH"
    case .userManagement: "USER_MGMT"
    case .userEnd: "USER_END"
    case .systemConfiguration: "USYS_CONFIG"
    case .userAdded: "ADD_USER"
    case .userDeleted: "DEL_USER"
    case .userCommand: "USER_CMD"
    case .serviceStart: "SERVICE_START"
    case .serviceStop: "SERVICE_STOP"
    case .accountLocked: "ACCT_LOCK"
    case .accountUnlocked: "ACCT_UNLOCK"
    case .refusedFileAccess: "ANOM_ACCESS_FS"
    }
  }
}
