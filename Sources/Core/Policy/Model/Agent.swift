/// Someone who may connect: a name, the keys that prove it, and the roles that say what is allowed.
public struct Agent: Equatable, Sendable {
  public var name: String
  public var keys: [PublicKey]
  public var roles: [String]
  /// A suspended agent is known, and nothing is run for it. The broker refuses its calls.
  public var isSuspended: Bool
  /// What all its roles together allow.
  public var commands: CommandSet
  public var location: SourceLocation

  public init(
    name: String, keys: [PublicKey], roles: [String], isSuspended: Bool = false, commands: CommandSet,
    location: SourceLocation
  ) {
    self.name = name
    self.keys = keys
    self.roles = roles
    self.isSuspended = isSuspended
    self.commands = commands
    self.location = location
  }
}
