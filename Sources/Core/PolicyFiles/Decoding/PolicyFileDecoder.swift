internal import Policy
internal import SecretPaths
internal import Yams

/// What one file adds to a policy, each part with the place where it stands.
struct DecodedFile {
  struct RoleEntry {
    var role: Role
    /// The names in its `commands`, to be looked up once all files are read.
    var commands: [(node: Node, text: String)]
    var variables: [VariableEntry] = []
  }

  /// Where the things stand that a command needs.
  struct NeedsPlaces {
    var read: [(node: Node, pattern: PathPattern)] = []
    var sockets: [(node: Node, path: String)] = []
  }

  struct CommandEntry {
    /// Its name.
    var node: Node
    var rule: CommandRule
    /// Its `exec`.
    var executable: Node
    var needs: NeedsPlaces
  }

  var commands: [CommandEntry] = []
  var secrets: [(node: Node, entry: SecretPaths.Entry)] = []
  var publicTrees: [(node: Node, tree: PublicTree)] = []
  var roles: [(node: Node, entry: RoleEntry)] = []
  var agents: [AgentEntry] = []
  /// Keys of those whose certificates are taken.
  var authorities: [(node: Node, key: PublicKey)] = []
  /// What to say of a command that the policy does not have; each word under which it stands.
  var hints: [(node: Node, word: String, hint: String)] = []
  var variables: [VariableEntry] = []
  var hosts: [HostEntry] = []
  var variableUses: [VariableUse] = []
  /// Other files and directories to read, as they are written.
  var includes: [(node: Node, path: String)] = []
  /// Names of commands that are taken away.
  var disabled: [(node: Node, text: String)] = []
}

extension FileDecoder {
  mutating func decode() -> DecodedFile {
    var result = DecodedFile()
    guard let root = compose() else { return result }
    let fields = fields(root, "a policy file", known: Self.keys)
    if let node = fields["include"], !isAbsent(node) {
      result.includes = lines(node, "include").map { ($0.node, $0.text) }
    }
    if let node = fields["disable"], !isAbsent(node) {
      result.disabled = lines(node, "disable")
      warnOfRepetition(result.disabled, "disable")
    }
    result.variables = variables(fields["variables"])
    if let node = fields["hosts"] {
      for (key, name, value) in entries(node, "hosts") {
        result.hosts.append(host(named: name, key: key, value))
      }
    }
    if let node = fields["commands"] {
      for (key, name, value) in entries(node, "commands") {
        if let entry = command(named: name, key: key, value) { result.commands.append(entry) }
      }
    }
    if let node = fields["secrets"], !isAbsent(node) {
      for item in items(node, "secrets") { if let entry = secret(item) { result.secrets.append(entry) } }
    }
    if let node = fields["public"], !isAbsent(node) {
      for item in items(node, "public") {
        if let tree = publicTree(item) { result.publicTrees.append((item, tree)) }
      }
    }
    if let node = fields["roles"] {
      for (key, name, value) in entries(node, "roles") {
        if let entry = role(named: name, key: key, value) { result.roles.append((key, entry)) }
      }
    }
    if let node = fields["agents"] {
      for (key, name, value) in entries(node, "agents") {
        if let entry = agent(named: name, key: key, value) { result.agents.append(entry) }
      }
    }
    result.authorities = publicKeys(fields["certificate-authorities"], "certificate-authorities")
    if let node = fields["hints"] { result.hints = hints(node) }
    result.variableUses = variableUses
    return result
  }

  private static let keys = [
    "include", "disable", "variables", "hosts", "commands", "secrets", "public", "roles", "agents",
    "certificate-authorities", "hints",
  ]

  mutating func compose() -> Node? {
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      diagnostics.append(
        file.diagnostic(line: 0, column: 0, message: "the file is not valid UTF-8", showsLine: false))
      return nil
    }
    do {
      // The decoders look at texts and say themselves what a number or a flag is; tags would be guessed in vain.
      return try Yams.compose(yaml: text, .basic)
    } catch let error as YamlError {
      diagnostics.append(diagnostic(for: error))
    } catch {
      diagnostics.append(
        file.diagnostic(line: 0, column: 0, message: "the file is not YAML", showsLine: false))
    }
    return nil
  }

  private func diagnostic(for error: YamlError) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let about = context.map { " (\($0.text) that began on line \($0.mark.line))" } ?? ""
      return file.diagnostic(
        line: mark.line, column: mark.column, message: "not YAML: \(problem)\(about)",
        hint: "quote a value that holds `: `, ` #` or begins with a sign such as * & [ { %")
    case .duplicatedKeysInMapping(let names, let context):
      return file.diagnostic(
        line: context.mark.line, column: context.mark.column,
        message: "key `\(names.first ?? "")` stands twice in this mapping",
        hint: "merge the two, or rename one")
    case .reader(let problem, let offset, _, _):
      let before = file.bytes.prefix(offset ?? 0)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      return file.diagnostic(line: line, column: 1, message: "not YAML: \(problem)")
    default: return file.diagnostic(line: 0, column: 0, message: "the file is not YAML", showsLine: false)
    }
  }
}
