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

  /// How deep files may include files.
  static let deepestInclude = 8

  /// Adds all files of a directory, and those that they include, each once.
  mutating func addAll(of source: inout PolicyDirectory) {
    var waiting = source.files.map { (file: $0, depth: 0) }
    while !waiting.isEmpty {
      let (file, depth) = waiting.removeFirst()
      var decoder = FileDecoder(file: file)
      let parts = decoder.decode()
      for (node, path) in parts.includes {
        guard depth < Self.deepestInclude else {
          decoder.fail(
            node, "files include each other too deeply", hint: "at most \(Self.deepestInclude) levels")
          continue
        }
        let diagnosticsBefore = source.diagnostics.count
        for included in decoder.include(path, at: node, from: &source) {
          waiting.append((included, depth + 1))
        }
        diagnostics += source.diagnostics[diagnosticsBefore...]
      }
      decoded.append((file, parts))
      diagnostics += decoder.diagnostics
    }
  }

  /// The policy as it is everywhere, and as it is on a host.
  mutating func policy(
    digest: String, directory: String, host: HostName, now: Int64
  ) -> (everywhere: Policy, here: Policy) {
    var places: [String: SourceLocation] = [:]
    let commands = unique(
      "command", decoded.map { ($0.file, $0.parts.commands.map { ($0.rule.name, $0.node, $0) }) },
      &places)
    let roles = unique(
      "role", decoded.map { ($0.file, $0.parts.roles.map { ($0.entry.role.name, $0.node, $0.entry) }) },
      &places)
    let agents = unique(
      "agent", decoded.map { ($0.file, $0.parts.agents.map { ($0.agent.name, $0.nameNode, $0) }) }, &places)
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
      for (file, role) in roles {
        check(role.commands.filter { !$0.text.hasPrefix("$") }, known: names, "command", in: file)
      }
      for (file, parts) in decoded { check(parts.disabled, known: names, "command", in: file) }
    }
    let variables = variables(on: host)
    let local = Dictionary(variables.here.map { ($0.name, $0) }) { first, _ in first }
    let resolvedRoles = roles.map { $0.value.role.resolved(local) }
    let resolved = resolve(
      agents, Dictionary(resolvedRoles.map { ($0.name, $0) }) { first, _ in first }, now: now)
    let authorities = authoritiesListed(besides: resolved)
    let everywhere = Policy(
      commands: commands.map(\.value.rule), secrets: SecretPaths(secrets),
      publicTrees: publicTrees(besides: secrets), variables: variables.everywhere, roles: resolvedRoles,
      agents: resolved, authorities: authorities, hints: hints(besides: Set(commands.map(\.value.rule.name))),
      digest: digest)
    return (everywhere, everywhere.with(variables.here))
  }

  /// Where commands are taken away, by name.
  var disabled: [String: SourceLocation] {
    var result: [String: SourceLocation] = [:]
    for (file, parts) in decoded {
      let decoder = FileDecoder(file: file)
      for (node, name) in parts.disabled where result[name] == nil {
        result[name] = decoder.location(of: node)
      }
    }
    return result
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
        case .usable, .disabled, nil: break
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
  mutating func unique<Part>(
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

  mutating func check(
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
}
