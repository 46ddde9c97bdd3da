internal import AuditTrail
internal import Policy

extension AgentChange {
  /// What became of agents from one policy to the next, by name. A suspended agent whose roles changed as well stands there
  /// twice.
  static func all(
    from old: [String: Agent], to new: [String: Agent]
  ) -> [(agent: String, change: AgentChange)] {
    var changes: [(String, AgentChange)] = []
    for name in Set(old.keys).union(new.keys).sorted() {
      switch (old[name], new[name]) {
      case (nil, _): changes.append((name, .added))
      case (_, nil): changes.append((name, .removed))
      case (let before?, let after?):
        let parts = parts(changedFrom: before, to: after)
        if !parts.isEmpty { changes.append((name, .changed(what: parts))) }
        if before.isSuspended != after.isSuspended {
          changes.append((name, after.isSuspended ? .suspended : .resumed))
        }
      }
    }
    return changes
  }

  /// By their keys in the policy files. What commands a role has is no part of the agent.
  private static func parts(changedFrom old: Agent, to new: Agent) -> [String] {
    let isSuspensionReason =
      old.isSuspended && new.isSuspended && old.suspension?.reason != new.suspension?.reason
    return [
      ("about", old.about != new.about), ("keys", old.keys != new.keys),
      ("principals", old.principals != new.principals), ("roles", old.roles != new.roles),
      ("from", old.networks != new.networks), ("expires", old.expiry?.time != new.expiry?.time),
      ("suspended", isSuspensionReason), ("limits", old.limits != new.limits),
    ].compactMap { $0.1 ? $0.0 : nil }
  }
}
