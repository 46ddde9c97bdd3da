internal import InternetAddresses
internal import Policy

/// What a policy says of an agent besides its commands.
struct AgentFacts {
  let agent: Agent

  init(_ agent: Agent) {
    self.agent = agent
  }

  var lines: [(name: String, text: String)] {
    func list(_ texts: [String], _ none: String) -> String {
      texts.isEmpty ? none : texts.joined(separator: ", ")
    }
    var lines: [(name: String, text: String)] = [
      ("roles", list(agent.roles, "none")), ("keys", "\(agent.keys.count)"),
    ]
    if !agent.about.isEmpty { lines.insert(("about", agent.about), at: 0) }
    if !agent.principals.isEmpty { lines.append(("principals", list(agent.principals, ""))) }
    if !agent.networks.isEmpty { lines.append(("from", list(agent.networks.map(\.description), ""))) }
    if let expiry = agent.expiry { lines.append(("expires", expiry.text)) }
    let limits = [("connections", agent.limits.connections), ("calls", agent.limits.calls)]
    let bounds = limits.compactMap { name, bound in bound.map { "\(name) \($0)" } }
    if !bounds.isEmpty { lines.append(("limits", list(bounds, ""))) }
    if let suspension = agent.suspension {
      lines.append(("suspended", "nothing is run for it" + (suspension.reason.map { ": \($0)" } ?? "")))
    }
    return lines.map { ($0.name, TerminalText.oneLine($0.text)) }
  }

  var json: JSONValue {
    [
      "name": .text(agent.name), "about": .text(agent.about), "roles": .texts(agent.roles),
      "keys": .texts(agent.keys.map(\.line)), "principals": .texts(agent.principals),
      "from": .texts(agent.networks.map(\.description)), "expires": .optional(agent.expiry?.text),
      "limits": [
        "connections": .optional(agent.limits.connections), "calls": .optional(agent.limits.calls),
      ],
      "suspended": .bool(agent.isSuspended), "reason": .optional(agent.suspension?.reason),
      "place": .text(agent.location.description),
    ]
  }
}
