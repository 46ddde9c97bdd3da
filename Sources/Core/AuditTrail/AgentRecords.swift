internal import AuditSchema

/// What a new policy makes of one agent.
public enum AgentChange: Equatable, Sendable {
  case added
  case removed
  /// `what` names the parts of the agent that are different, as in the policy files.
  case changed(what: [String])
  case suspended
  case resumed
}

extension AuditRecord {
  /// A policy that came into force has another agent than the one before, or has it otherwise.
  public static func agentChanged(
    _ name: String, _ change: AgentChange, policy: AuditToken, for requester: LoadRequester
  ) -> AuditRecord {
    let (type, word, parts): (AuditRecordType, AuditWord, [String]) =
      switch change {
      case .added: (.userAdded, .added, [])
      case .removed: (.userDeleted, .removed, [])
      case .changed(let what): (.userManagement, .changed, what)
      case .suspended: (.accountLocked, .suspended, [])
      case .resumed: (.accountUnlocked, .resumed, [])
      }
    return AuditRecord(
      type: type, result: .success, address: nil, terminal: .none,
      fields: [
        .op(.agentChange), .encoded(.acct, name), .plain(.change, word), .plain(.policy, policy),
      ] + requester.fields + (parts.isEmpty ? [] : [.explanation(parts.joined(separator: ", "))]))
  }
}
