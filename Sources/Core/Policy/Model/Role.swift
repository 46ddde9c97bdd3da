/// A set of command names.
public enum CommandSet: Equatable, Sendable {
  case all
  case only(Set<String>)

  public func contains(_ name: String) -> Bool {
    switch self {
    case .all: true
    case .only(let names): names.contains(name)
    }
  }

  public func union(_ other: CommandSet) -> CommandSet {
    guard case .only(let left) = self, case .only(let right) = other else { return .all }
    return .only(left.union(right))
  }
}

/// A named set of commands that agents are given.
public struct Role: Equatable, Sendable {
  public var name: String
  public var about: String
  public var commands: CommandSet
  /// What variables stand for in this role instead, by name.
  public var variables: [String: Variable]
  public var location: SourceLocation

  public init(
    name: String, about: String = "", commands: CommandSet, variables: [String: Variable] = [:],
    location: SourceLocation
  ) {
    self.name = name
    self.about = about
    self.commands = commands
    self.variables = variables
    self.location = location
  }
}
