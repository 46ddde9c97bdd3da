internal import Policy
internal import PolicyFiles
internal import SecretPaths

/// What `keyhole policy check` found in a directory.
struct CheckReport {
  let directory: String
  /// Nil when the policy would not load.
  let policy: Policy?
  /// By file, then by place.
  let diagnostics: [Diagnostic]

  init(directory: String, loader: PolicyLoader = PolicyLoader()) {
    self.directory = directory
    do throws(PolicyFilesError) {
      let loaded = try loader.load(directory: directory)
      policy = loaded.policy
      diagnostics = loaded.warnings
    } catch {
      policy = nil
      diagnostics = error.diagnostics
    }
  }

  private func count(_ severity: Diagnostic.Severity) -> Int { diagnostics.count { $0.severity == severity } }

  func status(isStrict: Bool) -> Int32 { policy == nil ? 2 : isStrict && !diagnostics.isEmpty ? 1 : 0 }

  /// For standard error: each diagnostic, and how many errors there are.
  var complaints: String {
    var text = diagnostics.map(\.description).joined()
    if policy == nil { text += "keyhole: \(counted(count(.error), "error")) in \(directory)\n" }
    return text
  }

  /// `12 commands, 30 secrets, …, 160 examples pass, 1 warning, digest 0123456789abcdef`; empty for a broken policy.
  var summary: String {
    guard let policy else { return "" }
    let counts = policy.counts.filter { $0.name != "examples" }.map { counted($0.count, $0.noun) }
    let examples = policy.counts.first { $0.name == "examples" }?.count ?? 0
    let warnings = diagnostics.isEmpty ? [] : [counted(diagnostics.count, "warning")]
    return (counts + [counted(examples, "example") + (examples == 1 ? " passes" : " pass")] + warnings)
      .joined(separator: ", ") + ", digest \(policy.shortDigest)\n"
  }

  var json: JSONValue {
    var counts = (policy?.counts ?? []).map { JSONValue.Member(name: $0.name, value: .number($0.count)) }
    counts += [
      JSONValue.Member(name: "errors", value: .number(count(.error))),
      JSONValue.Member(name: "warnings", value: .number(count(.warning))),
    ]
    return [
      "policy": .text(directory), "digest": .optional(policy?.digest), "counts": .object(counts),
      "diagnostics": .list(diagnostics.map(\.json)),
    ]
  }
}

extension Policy {
  /// `12 commands, 30 secrets, 1 role, 2 agents, digest 0123456789abcdef`.
  var summary: String {
    counts.filter { !["public", "examples"].contains($0.name) }.map { counted($0.count, $0.noun) }
      .joined(separator: ", ") + ", digest \(shortDigest)"
  }

  /// How much of everything there is; `examples` are those that were judged when it was loaded.
  var counts: [(name: String, noun: String, count: Int)] {
    [
      ("commands", "command", commands.count), ("secrets", "secret", secrets.entries.count),
      ("public", "public tree", publicTrees.count), ("roles", "role", roles.count),
      ("agents", "agent", agents.count),
      ("examples", "example", commands.values.reduce(0) { $0 + $1.allow.count + $1.deny.count }),
    ]
  }
}

extension Diagnostic {
  /// Line and column are 0 for what concerns a file as a whole.
  var json: JSONValue {
    [
      "severity": .text(severity.rawValue), "file": .text(location.file), "line": .number(location.line),
      "column": .number(location.column), "message": .text(message), "hint": .text(hint),
      "source": .optional(sourceLine),
    ]
  }
}
