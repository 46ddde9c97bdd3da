public import InternetAddresses

/// Someone who may connect: a name, the keys or certificates that prove it, and the roles that say what is allowed.
public struct Agent: Equatable, Sendable {
  public var name: String
  /// What it is for, one line; may be empty.
  public var about: String
  public var keys: [PublicKey]
  /// Names in certificates that stand for it; no other agent has them.
  public var principals: [String]
  public var roles: [String]
  /// From where it may connect; from anywhere when there are none.
  public var networks: [Network]
  /// When it ends; nil for never.
  public var expiry: Expiry?
  /// A suspended agent is known, and nothing is run for it.
  public var suspension: Suspension?
  public var limits: AgentLimits
  /// What all its roles together allow.
  public var commands: CommandSet
  public var location: SourceLocation

  public init(
    name: String, about: String = "", keys: [PublicKey], principals: [String] = [], roles: [String],
    networks: [Network] = [], expiry: Expiry? = nil, isSuspended: Bool = false,
    suspensionReason: String? = nil, limits: AgentLimits = AgentLimits(), commands: CommandSet,
    location: SourceLocation
  ) {
    self.name = name
    self.about = about
    self.keys = keys
    self.principals = principals
    self.roles = roles
    self.networks = networks
    self.expiry = expiry
    suspension = isSuspended || suspensionReason != nil ? Suspension(reason: suspensionReason) : nil
    self.limits = limits
    self.commands = commands
    self.location = location
  }

  public var isSuspended: Bool { suspension != nil }
}

/// That an agent is suspended.
public struct Suspension: Equatable, Sendable {
  /// One line, which the agent is told; nil when the policy has none.
  public var reason: String?

  public init(reason: String? = nil) {
    self.reason = reason
  }
}

/// Bounds of what one agent has at once. nil: the server's own bound alone.
public struct AgentLimits: Equatable, Sendable {
  /// Open connections.
  public var connections: Int?
  /// Commands that run.
  public var calls: Int?

  public init(connections: Int? = nil, calls: Int? = nil) {
    self.connections = connections
    self.calls = calls
  }
}
