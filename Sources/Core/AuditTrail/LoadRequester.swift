internal import AuditSchema

/// Who wanted a policy to be loaded.
public enum LoadRequester: Equatable, Sendable {
  /// The service itself, as it starts.
  case start
  /// Whoever sent the service a SIGHUP: the kernel lets root do it, and the manager of services.
  case signal
  /// A process at the control socket: its uid, and the uid that its session logged in as (auid; nil for none). The
  /// second outlives su(1) and sudo(8). pam_loginuid(8)
  case administrator(user: UInt32, login: UInt32?)

  var fields: [AuditField] {
    switch self {
    case .start: [.plain(.by, .startUp)]
    case .signal: [.plain(.by, .signal)]
    case .administrator(let user, let login):
      [
        .plain(.by, .control), .number(.admin, UInt64(user)),
        login.map { .number(.login, UInt64($0)) } ?? .plain(.login, .unset),
      ]
    }
  }
}
