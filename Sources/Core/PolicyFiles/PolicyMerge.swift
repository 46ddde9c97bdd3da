internal import Policy
internal import SecretPaths
internal import Yams

/// Puts the parts of all files together and checks what no file can check alone.
struct PolicyMerge {
  var diagnostics: [Diagnostic]
  private(set) var decoded: [(file: SourceFile, parts: DecodedFile)] = []

  init(diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  mutating func add(_ file: SourceFile) {
    var decoder = FileDecoder(file: file)
    decoded.append((file, decoder.decode()))
    diagnostics += decoder.diagnostics
  }

  mutating func policy(digest: String, directory: String) -> Policy {
    var places: [String: SourceLocation] = [:]
    let commands = unique(
      "command", decoded.map { ($0.file, $0.parts.commands.map { ($0.rule.name, $0.node, $0) }) },
      &places)
    let roles = unique(
      "role", decoded.map { ($0.file, $0.parts.roles.map { ($0.entry.role.name, $0.node, $0.entry) }) },
      &places)
    let agents = unique(
      "agent", decoded.map { ($0.file, $0.parts.agents.map { ($0.name, $0.nameNode, $0) }) }, &places)
    let secrets = decoded.flatMap { $0.parts.secrets.map(\.entry) }
    if !hasErrors {
      for (what, isEmpty) in [("commands", commands.isEmpty), ("secrets", secrets.isEmpty)] where isEmpty {
        diagnostics.append(
          Diagnostic(
            location: SourceLocation(file: directory, line: 0, column: 0),
            message: "the policy has no `\(what)`",
            hint: "a policy needs both `commands` and `secrets`"))
      }
      let names = Set(commands.map(\.value.rule.name))
      for (file, role) in roles { check(role.commands, known: names, "command", in: file) }
    }
    let resolved = resolve(
      agents, Dictionary(roles.map { ($0.value.role.name, $0.value.role) }) { first, _ in first })
    return Policy(
      commands: commands.map(\.value.rule), secrets: SecretPaths(secrets),
      publicTrees: publicTrees(besides: secrets), roles: roles.map(\.value.role), agents: resolved,
      hints: hints(besides: Set(commands.map(\.value.rule.name))), digest: digest)
  }

  /// Warnings for commands whose executables are not on this host, or not safe.
  func unavailable(in policy: Policy) -> [Diagnostic] {
    decoded.flatMap { file, parts in
      var decoder = FileDecoder(file: file)
      for entry in parts.commands {
        switch policy.commands[entry.rule.name]?.availability {
        case .notInstalled:
          decoder.warn(
            entry.node, "\(entry.rule.executable) is not on this host",
            hint: "\(entry.rule.name) is answered as not installed until it is")
        case .unsafe(let reason):
          decoder.warn(
            entry.executable, reason,
            hint: "\(entry.rule.name) is refused until only root can change it: chown root, chmod go-w")
        case .usable, nil: break
        }
      }
      return decoder.diagnostics
    }
  }

  func diagnostic(
    at place: SourceLocation, severity: Diagnostic.Severity = .error, _ message: String, hint: String
  ) -> Diagnostic {
    let line = decoded.first { $0.file.path == place.file }?.file.line(place.line)
    return Diagnostic(location: place, severity: severity, message: message, hint: hint, sourceLine: line)
  }

  /// Parts of one kind from all files; a name that stands twice is an error that names both places.
  private mutating func unique<Part>(
    _ kind: String, _ parts: [(file: SourceFile, entries: [(name: String, node: Node, part: Part)])],
    _ places: inout [String: SourceLocation]
  ) -> [(file: SourceFile, value: Part)] {
    var result: [(file: SourceFile, value: Part)] = []
    for (file, entries) in parts {
      for (name, node, part) in entries {
        var decoder = FileDecoder(file: file)
        let place = decoder.location(of: node)
        if let first = places.updateValue(place, forKey: "\(kind) \(name)") {
          decoder.fail(node, "\(kind) `\(name)` stands twice", hint: "it also stands at \(first)")
          diagnostics += decoder.diagnostics
        } else {
          result.append((file, part))
        }
      }
    }
    return result
  }

  private mutating func check(
    _ names: [(node: Node, text: String)], known: Set<String>, _ kind: String, in file: SourceFile
  ) {
    var decoder = FileDecoder(file: file)
    for (node, name) in names where !known.contains(name) {
      decoder.fail(
        node, "there is no \(kind) `\(name)`",
        hint: nearest(to: name, among: known).first.map { "did you mean `\($0)`?" } ?? "")
    }
    diagnostics += decoder.diagnostics
  }

  private mutating func resolve(
    _ agents: [(file: SourceFile, value: DecodedFile.AgentEntry)], _ roles: [String: Role]
  ) -> [Agent] {
    var owners: [PublicKey: (agent: String, place: SourceLocation)] = [:]
    return agents.map { file, entry in
      var decoder = FileDecoder(file: file)
      for (node, key) in entry.keys {
        let place = decoder.location(of: node)
        if let owner = owners.updateValue((entry.name, place), forKey: key) {
          decoder.fail(
            node, "agents \(owner.agent) and \(entry.name) have the same key",
            hint: "a key names one agent; the other is at \(owner.place)", showsLine: false)
        }
      }
      diagnostics += decoder.diagnostics
      if !hasErrors { check(entry.roles, known: Set(roles.keys), "role", in: file) }
      let allowed = entry.roles.compactMap { roles[$0.text]?.commands }
        .reduce(CommandSet.only([])) { $0.union($1) }
      return Agent(
        name: entry.name, keys: entry.keys.map(\.key), roles: entry.roles.map(\.text),
        isSuspended: entry.isSuspended, commands: allowed, location: decoder.location(of: entry.nameNode))
    }
  }
}
