internal import ArgumentParser
internal import InternetAddresses
internal import Policy
internal import PolicyFiles

/// `keyhole agents list`
struct AgentsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show who may come.",
    discussion: "States: active, suspended, expired, and `no key` for one that nothing can prove to be it.")

  @OptionGroup var place: AgentPolicyOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let policy = try place.load()
    let agents = policy.agents.values.sorted { $0.name < $1.name }
    if json {
      let members: JSONValue = [
        "policy": .text(place.directory), "digest": .text(policy.digest),
        "agents": .list(agents.map { AgentFacts($0).json(in: policy) }),
        "certificate-authorities": .list(
          policy.authorities.map { ["key": .text($0.line), "fingerprint": .text($0.fingerprint)] }),
      ]
      return StandardStreams.output("\(members)\n")
    }
    guard !agents.isEmpty else {
      return StandardStreams.output("nobody: keyhole agents add NAME --key 'ssh-ed25519 AAAA…' --role ROLE\n")
    }
    var rows = [["NAME", "STATE", "ROLES", "EXPIRES", "FROM", "KEYS"]]
    for agent in agents {
      let proofs = agent.keys.map(\.fingerprint) + agent.principals.map { "principal \($0)" }
      rows.append([
        agent.name, AgentState(of: agent, in: policy).rawValue, Self.list(agent.roles, "none"),
        agent.expiry?.text ?? "never", Self.list(agent.networks.map(\.description), "anywhere"),
        proofs.first ?? "none",
      ])
      for more in proofs.dropFirst() { rows.append(["", "", "", "", "", more]) }
    }
    StandardStreams.output(TextTable(rows).description)
  }

  private static func list(_ texts: [String], _ none: String) -> String {
    texts.isEmpty ? none : texts.joined(separator: ",")
  }
}

/// `keyhole agents show`
struct AgentsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that the policy says of an agent.")

  @Argument(help: "The agent's name.")
  var name: String

  @OptionGroup var place: AgentPolicyOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let policy = try place.load()
    let agent: Agent
    do throws(AgentFailure) {
      agent = try policy.agent(named: name)
    } catch {
      Words.complain(error.message, hint: error.hint)
      throw ExitStatus.failure
    }
    let facts = AgentFacts(agent)
    if json { return StandardStreams.output("\(facts.json(in: policy))\n") }
    var rows = [["name", agent.name], ["state", AgentState(of: agent, in: policy).rawValue]]
    rows += facts.lines.filter { $0.name != "keys" }.map { [$0.name, $0.text] }
    rows += agent.keys.map { ["key", "\($0.fingerprint) \($0.type) \(TerminalText.oneLine($0.comment))"] }
    let count = policy.commands.keys.count { agent.commands.contains($0) }
    rows.append([
      "commands", "\(count) of \(policy.commands.count): keyhole policy show --agent \(agent.name)",
    ])
    rows.append(["place", agent.location.description])
    StandardStreams.output(TextTable(rows).description)
  }
}

extension AgentFacts {
  /// With what follows from the rest of the policy, and from the time.
  func json(in policy: Policy) -> JSONValue {
    guard case .object(var members) = json else { return json }
    members.append(.init(name: "state", value: .text(AgentState(of: agent, in: policy).rawValue)))
    members.append(.init(name: "fingerprints", value: .texts(agent.keys.map(\.fingerprint))))
    return .object(members)
  }
}
