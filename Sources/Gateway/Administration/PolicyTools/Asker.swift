internal import ArgumentParser
internal import CommandGrammar
internal import Policy

/// For whom a line is judged.
enum Asker: Equatable {
  /// Someone to whom every command is allowed.
  case everyone
  case agent(Agent)
  /// An agent that has this role alone.
  case role(Role)

  /// The one to judge for.
  var agent: Agent? {
    switch self {
    case .everyone: nil
    case .agent(let agent): agent
    case .role(let role):
      Agent(
        name: "role \(role.name)", keys: [], roles: [role.name], commands: role.commands,
        location: role.location)
    }
  }

  /// The agent of the policy, if it is one.
  var namedAgent: Agent? {
    if case .agent(let agent) = self { agent } else { nil }
  }

  var isSuspended: Bool { namedAgent?.isSuspended ?? false }

  /// As a heading has it.
  var description: String {
    switch self {
    case .everyone: "someone to whom every command is allowed"
    case .agent(let agent): "agent \(agent.name)"
    case .role(let role): "role \(role.name)"
    }
  }

  var json: JSONValue {
    switch self {
    case .everyone: ["agent": .null, "role": .null]
    case .agent(let agent): ["agent": .text(agent.name), "role": .null]
    case .role(let role): ["agent": .null, "role": .text(role.name)]
    }
  }
}

extension Policy {
  /// Judges as the broker does: what a suspended agent asks for is refused, and everything else is the judge's.
  func verdict(on line: String, for asker: Asker, assumingInstalled: Bool = false) -> Verdict {
    if case .agent(let agent) = asker, agent.isSuspended { return .refused(.suspended(agent)) }
    return judge(parsing: line, agent: asker.agent, assumingInstalled: assumingInstalled)
  }
}

/// `--agent` and `--role`.
struct AskerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Judge for this agent of the policy.", valueName: "name"))
  var agent: String?

  @Option(help: ArgumentHelp("Judge for someone who has this role alone.", valueName: "name"))
  var role: String?

  func validate() throws {
    if agent != nil, role != nil { throw ValidationError("--agent and --role exclude each other") }
  }

  func asker(in policy: Policy) throws -> Asker {
    if let agent {
      guard let found = policy.agents[agent] else {
        throw unusable(
          "the policy has no agent \(agent)", hint: Self.list("agents", policy.agents.keys, agent))
      }
      return .agent(found)
    }
    if let role {
      guard let found = policy.roles[role] else {
        throw unusable("the policy has no role \(role)", hint: Self.list("roles", policy.roles.keys, role))
      }
      return .role(found)
    }
    return .everyone
  }

  private static func list(_ kind: String, _ names: some Collection<String>, _ name: String) -> String {
    if let near = nearest(to: name, among: names).first { return "did you mean \(near)?" }
    return names.isEmpty
      ? "the policy has no \(kind)" : "\(kind): " + names.sorted().prefix(40).joined(separator: ", ")
  }
}
