/// A name for a set of units, paths, words or commands: a bound on what a type takes, or a list for other lists.
public struct Variable: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    /// No bound.
    case any
    case items([String])
  }

  /// Without `$`.
  public var name: String
  public var value: Value
  public var location: SourceLocation

  public init(name: String, value: Value, location: SourceLocation) {
    self.name = name
    self.value = value
    self.location = location
  }
}

/// What a variable lists for somebody: the items of one place or of several.
public struct Bound: Equatable, Sendable {
  public var items: [String]
  /// Where they stand.
  public var places: [SourceLocation]

  /// `$units (web.yaml:3:10) allows nginx, php*-fpm`.
  func description(of variable: String) -> String {
    "$\(variable) (\(places.map(\.description).joined(separator: ", "))) allows \(items.prefix(24).joined(separator: ", "))"
      + (items.count > 24 ? " …" : "")
  }
}

/// The bounds that hold for somebody, by variable.
public struct Bounds: Equatable, Sendable {
  private enum Values: Equatable, Sendable {
    case none
    /// Nil for a variable that bounds nothing.
    case known([String: Bound?])
  }

  private var values: Values

  /// Every variable is `any`.
  static let unbounded = Bounds(values: .none)

  private init(values: Values) {
    self.values = values
  }

  init(_ values: [String: Bound?] = [:]) {
    self.values = .known(values)
  }

  mutating func set(_ bound: Bound?, for variable: String) {
    guard case .known(var known) = values else { return }
    values = .none
    known[variable] = .some(bound)
    values = .known(known)
  }

  /// The bound of a variable; nil when it is `any`. A variable that is not known takes nothing.
  public subscript(_ variable: String) -> Bound? {
    guard case .known(let values) = values else { return nil }
    return values[variable] ?? Bound(items: [], places: [])
  }
}

extension Policy {
  /// What variables stand for when an agent uses a command, nil standing for someone without roles: what the agent's
  /// roles that allow the command say together. A role that says nothing of a variable says what this host does.
  public func bounds(for agent: Agent?, of command: String) -> Bounds {
    guard let agent else { return hostBounds }
    let roles = agent.roles.compactMap { self.roles[$0] }.filter { $0.commands.contains(command) }
    var result = hostBounds
    for name in Set(roles.flatMap(\.variables.keys)) {
      guard let variable = variables[name] else { continue }
      result.set(Self.union(roles.map { $0.variables[name] ?? variable }), for: name)
    }
    return result
  }

  /// What variables stand for on this host, for whoever no role says something else.
  static func hostBounds(_ variables: [String: Variable]) -> Bounds {
    Bounds(variables.mapValues { union([$0]) })
  }

  private static func union(_ variables: [Variable]) -> Bound? {
    var bound = Bound(items: [], places: [])
    for variable in variables {
      guard case .items(let items) = variable.value else { return nil }
      bound.items += items.filter { !bound.items.contains($0) }
      if !bound.places.contains(variable.location) { bound.places.append(variable.location) }
    }
    return bound
  }
}

extension Bounds {
  /// The bounds that hold of these variables, for people, in the order of their names.
  func descriptions(of variables: Set<String>) -> [String] {
    variables.sorted().compactMap { name in self[name].map { $0.description(of: name) } }
  }
}

extension Needs {
  /// The variables that it names.
  var variables: Set<String> {
    Set((read + sockets).filter { $0.utf8.first == UInt8(ascii: "$") }.map { String($0.dropFirst()) })
  }

  /// The same with the items of variables in place of their names.
  func resolved(_ bounds: Bounds) -> Needs {
    var needs = self
    needs.read = Self.resolved(read, bounds)
    needs.sockets = Self.resolved(sockets, bounds)
    return needs
  }

  private static func resolved(_ items: [String], _ bounds: Bounds) -> [String] {
    guard items.contains(where: { $0.utf8.first == UInt8(ascii: "$") }) else { return items }
    var result: [String] = []
    for item in items {
      // The loader refuses a variable that is `any` here; were it there, it would grant nothing.
      let found =
        item.utf8.first == UInt8(ascii: "$") ? bounds[String(item.dropFirst())]?.items ?? [] : [item]
      result += found.filter { !result.contains($0) }
    }
    return result
  }
}

extension Role {
  /// The same with what variables list in place of their names among its commands; `local` is what they are on this
  /// host, which the role's own override.
  package func resolved(_ local: [String: Variable]) -> Role {
    guard case .only(let names) = commands else { return self }
    var role = self
    var resolved = CommandSet.only([])
    for name in names {
      guard name.utf8.first == UInt8(ascii: "$") else {
        resolved = resolved.union(.only([name]))
        continue
      }
      let variable = String(name.dropFirst())
      switch (variables[variable] ?? local[variable])?.value {
      case .any: resolved = .all
      case .items(let items): resolved = resolved.union(.only(Set(items)))
      case nil: break
      }
    }
    role.commands = resolved
    return role
  }
}
