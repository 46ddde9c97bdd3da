internal import InternetAddresses
internal import Policy
internal import Yams

extension DecodedFile {
  struct AgentEntry {
    /// Without what its roles allow.
    var agent: Agent
    var nameNode: Node
    /// The node of each of its keys.
    var keyNodes: [Node]
    var principals: [(node: Node, text: String)]
    var roles: [(node: Node, text: String)]
    var expiryNode: Node?
  }
}

extension FileDecoder {
  private static let agentKeys = [
    "about", "keys", "principals", "roles", "from", "expires", "suspended", "limits",
  ]

  mutating func agent(named name: String, key: Node, _ node: Node) -> DecodedFile.AgentEntry? {
    checkName(name, key, "agent")
    let fields = fields(node, "agent \(name)", known: Self.agentKeys)
    guard fields["keys"] != nil || fields["principals"] != nil, let rolesNode = fields["roles"] else {
      fail(
        key, "agent \(name) needs `keys` and `roles`",
        hint:
          "keys: [\"ssh-ed25519 AAAA… name\"], roles: [observer]; certificates need `principals` instead of `keys`"
      )
      return nil
    }
    let keys = publicKeys(fields["keys"], "keys")
    let roles = lines(rolesNode, "roles")
    warnOfRepetition(roles, "roles")
    if roles.isEmpty, rolesNode.sequence != nil {
      warn(rolesNode, "agent \(name) has no role: only the built-ins answer it", hint: "roles: [observer]")
    }
    let principals = principals(fields["principals"])
    var agent = Agent(
      name: name, keys: keys.map(\.key), principals: principals.map(\.text), roles: roles.map(\.text),
      commands: .only([]), location: location(of: key))
    agent.about = fields["about"].flatMap { line($0, "about") } ?? ""
    agent.networks = networks(fields["from"])
    agent.expiry = fields["expires"].flatMap { expiry($0) }
    agent.suspension = fields["suspended"].flatMap { suspension($0) }
    agent.limits = agentLimits(fields["limits"])
    return DecodedFile.AgentEntry(
      agent: agent, nameNode: key, keyNodes: keys.map(\.node), principals: principals, roles: roles,
      expiryNode: fields["expires"])
  }

  /// A list of keys; what is none is an error whose message does not repeat it.
  mutating func publicKeys(_ node: Node?, _ what: String) -> [(node: Node, key: PublicKey)] {
    guard let node, !isAbsent(node) else { return [] }
    var keys: [(node: Node, key: PublicKey)] = []
    for item in items(node, what) {
      guard let text = item.scalar?.string else {
        fail(item, "a key must be a line of text", showsLine: false)
        continue
      }
      do throws(PublicKeyError) {
        keys.append((item, try PublicKey(parsing: text)))
      } catch {
        // Whatever it is, it may be a secret: the line is not repeated.
        fail(item, error.message, hint: error.hint, showsLine: false)
      }
    }
    return keys
  }

  /// Names that a certificate may have, without what sshd reads as more than a name: blanks, quotes, commas, `#`.
  private mutating func principals(_ node: Node?) -> [(node: Node, text: String)] {
    let names = lines(node, "principals")
    let allowed = ByteSet.word.union(ByteSet("-.@:/+"))
    for (item, text) in names where !(1...128).contains(text.utf8.count) || !allowed.holdsAll(of: text.utf8) {
      fail(item, "a principal has letters, digits and - _ . @ : / + only, up to 128")
    }
    warnOfRepetition(names, "principals")
    return names
  }

  private mutating func networks(_ node: Node?) -> [Network] {
    let texts = lines(node, "from")
    if let node, texts.isEmpty, node.sequence != nil {
      fail(
        node, "`from` is empty: the agent could connect from nowhere", hint: "leave `from` out for anywhere")
    }
    var networks: [Network] = []
    for (item, text) in texts {
      do throws(NetworkError) {
        networks.append(try Network(text))
      } catch {
        fail(item, error.message, hint: error.hint)
      }
    }
    for (index, network) in networks.enumerated() where networks.count == texts.count {
      let other = networks.indices.first { other in
        other != index && networks[other].covers(network) && (networks[other] != network || other < index)
      }
      if let other {
        warn(
          texts[index].node, "\(network) lies in \(networks[other]), which stands here too",
          hint: "drop one of them")
      }
    }
    return networks
  }

  private mutating func expiry(_ node: Node) -> Expiry? {
    guard let text = line(node, "expires") else { return nil }
    do throws(ExpiryError) {
      return try Expiry(parsing: text)
    } catch {
      fail(node, error.message, hint: error.hint)
      return nil
    }
  }

  private mutating func suspension(_ node: Node) -> Suspension? {
    guard let text = line(node, "suspended") else { return nil }
    switch text {
    case "false": return nil
    case "true": return Suspension()
    default: break
    }
    // Other readers of YAML take these for true and false.
    if ["yes", "no", "on", "off", "y", "n", "true", "false"].contains(text.lowercased()) {
      fail(node, "suspended must be true, false or a reason", hint: "suspended: the laptop was lost")
      return nil
    }
    return Suspension(reason: text)
  }

  private mutating func agentLimits(_ node: Node?) -> AgentLimits {
    guard let node else { return AgentLimits() }
    let fields = fields(node, "limits of an agent", known: ["connections", "calls"])
    var limits = AgentLimits()
    limits.connections = fields["connections"].flatMap { quantity($0, "connections", [("", 1)], most: 4_096) }
    limits.calls = fields["calls"].flatMap { quantity($0, "calls", [("", 1)], most: 4_096) }
    return limits
  }
}
