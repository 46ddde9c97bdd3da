public import SecretPaths

/// A loaded policy: what may run, for whom, and what is never read.
///
/// Judging is a pure function of the policy and the line: no file, clock or environment is looked at.
public struct Policy: Sendable {
  public private(set) var commands: [String: CommandRule]
  public let secrets: SecretPaths
  /// Trees that hold no secret: no entry of `secrets` can match in one, and none lies in another.
  public let publicTrees: [PublicTree]
  /// By name, as this host has them; roles may say otherwise.
  public private(set) var variables: [String: Variable]
  /// Their bounds where no role says something else.
  private(set) var hostBounds: Bounds
  public let roles: [String: Role]
  public let agents: [String: Agent]
  /// Keys of those whose certificates name agents.
  public let authorities: [PublicKey]
  /// What to say of commands that are not in it, by their names.
  public let hints: [String: String]
  /// SHA-256 of the files it came from, 64 lower-case hexadecimal digits; every audit record names it.
  public let digest: String
  private let agentsByKey: [String: String]
  private let agentsByPrincipal: [String: String]
  /// Names of the commands that can do with a view of the public trees alone.
  let commandsForPublicTrees: Set<String>

  public init(
    commands: [CommandRule], secrets: SecretPaths, publicTrees: [PublicTree] = [], variables: [Variable] = [],
    roles: [Role] = [], agents: [Agent] = [], authorities: [PublicKey] = [], hints: [String: String] = [:],
    digest: String = String(repeating: "0", count: 64)
  ) {
    self.commands = Dictionary(commands.map { ($0.name, $0) }) { first, _ in first }
    self.secrets = secrets
    self.publicTrees = publicTrees
    self.variables = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
    hostBounds = Policy.hostBounds(self.variables)
    self.roles = Dictionary(roles.map { ($0.name, $0) }) { first, _ in first }
    self.agents = Dictionary(agents.map { ($0.name, $0) }) { first, _ in first }
    self.authorities = authorities
    self.hints = hints
    self.digest = digest
    agentsByKey = Dictionary(agents.flatMap { agent in agent.keys.map { ($0.base64, agent.name) } }) {
      first, _ in
      first
    }
    agentsByPrincipal = Dictionary(
      agents.flatMap { agent in agent.principals.map { ($0, agent.name) } }
    ) { first, _ in first }
    commandsForPublicTrees = Set(commands.filter { $0.canReadOnly(publicTrees) }.map(\.name))
  }

  /// The first 16 digits of the digest, for people.
  public var shortDigest: String { String(digest.prefix(16)) }

  /// The agent that has this key, suspended or not. `base64` is the second field of a `.pub` line.
  public func agent(forKey base64: String) -> Agent? {
    agentsByKey[base64].flatMap { agents[$0] }
  }

  /// As `agent(forKey:)`, nil also when the key is not of type `type`.
  public func agent(forKey base64: String, type: String) -> Agent? {
    agent(forKey: base64).flatMap { agent in
      agent.keys.contains { $0.base64 == base64 && $0.type == type } ? agent : nil
    }
  }

  /// The agents that have any of these principals, by name.
  func agents(forPrincipals principals: [String]) -> [Agent] {
    Set(principals.compactMap { agentsByPrincipal[$0] }).sorted().compactMap { agents[$0] }
  }

  /// The same policy where variables stand for something else.
  package func with(_ variables: [Variable]) -> Policy {
    var policy = self
    policy.variables = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
    policy.hostBounds = Policy.hostBounds(policy.variables)
    return policy
  }

  /// The same policy on a host where each command is as `availability` says.
  public func installed(_ availability: (_ rule: CommandRule) -> Availability) -> Policy {
    var policy = self
    for name in commands.keys {
      if let rule = commands[name] { policy.commands[name]?.availability = availability(rule) }
    }
    return policy
  }
}
