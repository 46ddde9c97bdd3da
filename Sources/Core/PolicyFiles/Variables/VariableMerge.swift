internal import Policy
internal import SecretPaths
internal import Yams

/// The name that tells which `hosts` entries are this host's.
struct HostName {
  /// As gethostname(2) gives it.
  var full: String

  /// Whether an entry is for this host by its exact name; nil when it is not for this host.
  func isExact(_ pattern: String) -> Bool? {
    let names = [full, String(full.prefix { $0 != "." })]
    if names.contains(pattern) { return true }
    guard pattern.utf8.contains(where: { "*?".utf8.contains($0) }) else { return nil }
    return names.contains { globMatches(pattern, $0) } ? false : nil
  }
}

extension PolicyMerge {
  private typealias Placed = (SourceFile, DecodedFile.VariableEntry)

  /// The variables of all files as they are everywhere, and as they are on this host.
  mutating func variables(on host: HostName) -> (everywhere: [Variable], here: [Variable]) {
    var places: [String: SourceLocation] = [:]
    let defined = unique(
      "variable", decoded.map { ($0.file, $0.parts.variables.map { ($0.name, $0.node, $0) }) }, &places)
    let known = Dictionary(defined.map { ($0.value.name, $0.value.variable) }) { first, _ in first }
    let hosts = decoded.flatMap { file, parts in parts.hosts.map { (file: file, host: $0) } }
    let roles = decoded.flatMap { file, parts in parts.roles.flatMap { $0.entry.variables.map { (file, $0) } }
    }
    let overrides = hosts.flatMap { file, host in host.variables.map { (file, $0) } } + roles
    checkNames(overrides, known)
    checkUses(defined.map { ($0.file, $0.value) } + overrides, known)
    var here = known
    var chosen: [String: (isExact: Bool, place: SourceLocation)] = [:]
    // The exact name first: what it sets no pattern can.
    let matching = hosts.compactMap { file, entry in host.isExact(entry.pattern).map { (file, entry, $0) } }
    for (file, entry, isExact) in matching.filter(\.2) + matching.filter({ !$0.2 }) {
      for variable in entry.variables {
        if let other = chosen[variable.name], other.isExact == isExact {
          var decoder = FileDecoder(file: file)
          decoder.fail(
            variable.node, "$\(variable.name) is set twice for host \(host.full)",
            hint: "the other place is \(other.place); make one of the two patterns narrower, or name the host"
          )
          diagnostics += decoder.diagnostics
        }
        if chosen[variable.name]?.isExact == true { continue }
        chosen[variable.name] = (isExact, variable.variable.location)
        here[variable.name] = variable.variable
      }
    }
    return (Array(known.values), Array(here.values))
  }

  private mutating func checkNames(_ entries: [Placed], _ known: [String: Variable]) {
    for (file, entry) in entries where known[entry.name] == nil {
      var decoder = FileDecoder(file: file)
      decoder.unknownVariable(entry.name, at: entry.node, known)
      diagnostics += decoder.diagnostics
    }
  }

  /// Whether every use names a variable, and every item is of each kind that it is used for.
  private mutating func checkUses(_ entries: [Placed], _ known: [String: Variable]) {
    var uses: [String: [(use: DecodedFile.VariableUse, place: SourceLocation)]] = [:]
    for (file, parts) in decoded {
      var decoder = FileDecoder(file: file)
      for use in parts.variableUses {
        if known[use.name] == nil { decoder.unknownVariable(use.name, at: use.node, known) }
        if uses[use.name]?.contains(where: { $0.use.kind == use.kind }) != true {
          uses[use.name, default: []].append((use, decoder.location(of: use.node)))
        }
      }
      diagnostics += decoder.diagnostics
    }
    let commands = Set(decoded.flatMap { $0.parts.commands.map(\.rule.name) })
    for (file, entry) in entries {
      var decoder = FileDecoder(file: file)
      for (use, place) in uses[entry.name] ?? [] {
        decoder.check(entry, as: use, at: place, commands: commands)
      }
      if uses[entry.name] == nil, known[entry.name]?.location == entry.variable.location {
        decoder.warn(
          entry.node, "$\(entry.name) is used nowhere",
          hint: "write `unit in $\(entry.name)` or the like where it should hold, or drop it")
      }
      diagnostics += decoder.diagnostics
    }
  }
}

extension FileDecoder {
  fileprivate mutating func unknownVariable(_ name: String, at node: Node, _ known: [String: Variable]) {
    fail(
      node, "there is no variable `$\(name)`",
      hint: nearest(to: name, among: known.keys).first.map { "did you mean `$\($0)`?" }
        ?? "define it under `variables`: \(name): any")
  }

  fileprivate mutating func check(
    _ entry: DecodedFile.VariableEntry, as use: DecodedFile.VariableUse, at place: SourceLocation,
    commands: Set<String>
  ) {
    guard let items = entry.items else {
      if use.kind == .read || use.kind == .socket {
        fail(entry.node, "$\(entry.name) cannot be `any`: `needs` at \(place) grants what it lists")
      }
      return
    }
    for (node, text) in items {
      guard let problem = Self.problem(with: text, as: use.kind, commands) else { continue }
      fail(node, "\(problem): $\(entry.name) is used as `\(use.text)`", hint: "that stands at \(place)")
    }
  }

  private static func problem(
    with text: String, as kind: DecodedFile.VariableUse.Kind, _ commands: Set<String>
  ) -> String? {
    switch kind {
    case .type(let type): return BoundedType.problem(with: text, as: type)?.reason
    case .requirement: return nil
    case .read: return BoundedType.problem(with: text, as: .path)?.reason
    case .socket:
      let isPath = text.utf8.first == UInt8(ascii: "/") && LexicalPath.isNormalized(Array(text.utf8))
      return isPath ? nil : "`\(text)` is not an absolute path"
    case .commands: return commands.contains(text) ? nil : "there is no command `\(text)`"
    }
  }
}
