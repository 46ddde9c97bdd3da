internal import Policy
internal import SecretPaths

/// A policy as it is for somebody.
struct PolicyView {
  let directory: String
  let policy: Policy
  let asker: Asker
  /// The commands to show in full; none for an overview of all.
  let chosen: [String]
  let showsSecrets: Bool

  private var usable: [CommandRule] {
    policy.commands.values.filter { isAllowed($0.name) }.sorted { $0.name < $1.name }
  }

  private var withheld: [String] { policy.commands.keys.filter { !isAllowed($0) }.sorted() }

  private func isAllowed(_ name: String) -> Bool { asker.agent?.commands.contains(name) != false }

  // MARK: Text

  var text: String {
    var text = heading
    guard chosen.isEmpty else {
      let rules = chosen.compactMap { policy.commands[$0] }
      return text
        + rules.map { "\n" + RuleView(rule: $0).text(isAllowed: isAllowed($0.name), asker) }.joined()
        + secretsText
    }
    let rules = usable
    text += "\ncommands: \(rules.count) of \(policy.commands.count)\n"
    let width = rules.map(\.name.count).max() ?? 0
    for rule in rules {
      let gap = String(repeating: " ", count: width - rule.name.count + 2)
      text += "  \(rule.name)\(gap)\(rule.about)  (\(rule.location))" + rule.availability.remark + "\n"
    }
    if !withheld.isEmpty { text += "not for \(asker.description): \(withheld.joined(separator: ", "))\n" }
    text += "built in: \(BuiltIn.allCases.map(\.rawValue).joined(separator: ", "))\n"
    if !policy.authorities.isEmpty {
      text += "certificate authorities: \(policy.authorities.count)\n"
    }
    if !policy.publicTrees.isEmpty {
      text += "public trees: \(policy.publicTrees.map(\.description).joined(separator: " "))\n"
    }
    return text + secretsText
  }

  private var heading: String {
    var text = "policy: \(directory), digest \(policy.shortDigest)\nfor: \(asker.description)\n"
    if case .agent(let agent) = asker {
      text += AgentFacts(agent).lines.map { "\($0.name): \($0.text)\n" }.joined()
    }
    return text
  }

  private var secretsText: String {
    guard showsSecrets else {
      return chosen.isEmpty
        ? "secrets: \(policy.secrets.entries.count), for everyone (--secrets lists them)\n" : ""
    }
    return "secrets: \(policy.secrets.entries.count), for everyone\n"
      + policy.secrets.entries.map { "  \($0.pattern)  \($0.reason)  (\($0.location))\n" }.joined()
  }

  // MARK: JSON

  var json: JSONValue {
    let rules = chosen.isEmpty ? usable : chosen.compactMap { policy.commands[$0] }
    var members: [JSONValue.Member] = [
      .init(name: "policy", value: .text(directory)), .init(name: "digest", value: .text(policy.digest)),
      .init(name: "for", value: asker.json), .init(name: "suspended", value: .bool(asker.isSuspended)),
      .init(name: "agent", value: asker.namedAgent.map { AgentFacts($0).json } ?? .null),
      .init(name: "roles", value: .texts(asker.agent?.roles ?? [])),
      .init(
        name: "commands", value: .list(rules.map { RuleView(rule: $0).json(isAllowed: isAllowed($0.name)) })),
      .init(name: "withheld", value: .texts(withheld)),
      .init(name: "builtin", value: .texts(BuiltIn.allCases.map(\.rawValue))),
      .init(name: "certificate-authorities", value: .texts(policy.authorities.map(\.line))),
      .init(name: "public", value: .texts(policy.publicTrees.map(\.description))),
      .init(name: "secret-count", value: .number(policy.secrets.entries.count)),
    ]
    if showsSecrets {
      members.append(
        .init(
          name: "secrets",
          value: .list(
            policy.secrets.entries.map {
              [
                "path": .text($0.pattern.description), "reason": .text($0.reason),
                "place": .text($0.location),
              ]
            })))
    }
    return .object(members)
  }
}
