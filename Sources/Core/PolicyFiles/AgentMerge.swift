internal import Policy
internal import Yams

extension PolicyMerge {
  /// Agents with what their roles allow. A key or a principal that two have is an error that names both places.
  mutating func resolve(
    _ agents: [(file: SourceFile, value: DecodedFile.AgentEntry)], _ roles: [String: Role], now: Int64
  ) -> [Agent] {
    var keyOwners: [PublicKey: Owner] = [:]
    var principalOwners: [String: Owner] = [:]
    return agents.map { file, entry in
      var decoder = FileDecoder(file: file)
      let name = entry.agent.name
      for (node, key) in zip(entry.keyNodes, entry.agent.keys) {
        let owner = Owner(agent: name, place: decoder.location(of: node))
        guard let other = keyOwners.updateValue(owner, forKey: key) else { continue }
        if other.agent == name {
          decoder.fail(
            node, "agent \(name) has this key twice", hint: "the other is at \(other.place)", showsLine: false
          )
        } else {
          decoder.fail(
            node, "agents \(other.agent) and \(name) have the same key",
            hint: "a key names one agent; the other is at \(other.place)", showsLine: false)
        }
      }
      for (node, principal) in entry.principals {
        let owner = Owner(agent: name, place: decoder.location(of: node))
        guard let other = principalOwners.updateValue(owner, forKey: principal), other.agent != name else {
          continue
        }
        decoder.fail(
          node, "agents \(other.agent) and \(name) have the same principal `\(principal)`",
          hint: "a principal names one agent; the other is at \(other.place)")
      }
      if let expiry = entry.agent.expiry, let node = entry.expiryNode, now >= expiry.time {
        decoder.warn(
          node, "agent \(name) has expired: it is refused",
          hint: "remove it, or set another time: keyhole agents remove \(name)")
      }
      diagnostics += decoder.diagnostics
      if !hasErrors { check(entry.roles, known: Set(roles.keys), "role", in: file) }
      var agent = entry.agent
      agent.commands = entry.roles.compactMap { roles[$0.text]?.commands }
        .reduce(CommandSet.only([])) { $0.union($1) }
      return agent
    }
  }

  private struct Owner {
    var agent: String
    var place: SourceLocation
  }

  /// All `certificate-authorities`. Who has an authority's key could be any agent, so none may have it as its own.
  mutating func authoritiesListed(besides agents: [Agent]) -> [PublicKey] {
    let owners = Dictionary(agents.flatMap { agent in agent.keys.map { ($0, agent) } }) { first, _ in first }
    var places: [PublicKey: SourceLocation] = [:]
    var authorities: [PublicKey] = []
    for (file, parts) in decoded {
      var decoder = FileDecoder(file: file)
      for (node, key) in parts.authorities {
        if let owner = owners[key] {
          decoder.fail(
            node, "a certificate authority has the key of agent \(owner.name)",
            hint:
              "an authority's key signs certificates and nothing else; the agent stands at \(owner.location)",
            showsLine: false)
        }
        let place = decoder.location(of: node)
        if let first = places.updateValue(place, forKey: key) {
          decoder.warn(node, "this authority stands twice", hint: "drop one; the other is at \(first)")
        } else {
          authorities.append(key)
        }
      }
      diagnostics += decoder.diagnostics
    }
    if !hasErrors, authorities.isEmpty, let agent = agents.first(where: { !$0.principals.isEmpty }) {
      diagnostics.append(
        diagnostic(
          at: agent.location, severity: .warning,
          "agent \(agent.name) has `principals`, and there are no `certificate-authorities`",
          hint: "list the key of the authority that signs its certificates"))
    }
    return authorities
  }
}
