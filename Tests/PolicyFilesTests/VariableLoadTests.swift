import Policy
import PolicyFiles
import Testing

@Suite("Variables of a policy")
struct VariableLoadTests {
  private static let commands = """
    commands:
      u: {exec: /bin/u, about: a, options: {-u: unit in $units}, required: [-u when $units], operands: ["path in $logs*"], allow: [u], deny: [u -z]}
      v: {exec: /bin/v, about: a, needs: {read: [$logs, /x], sockets: [$sockets]}, allow: [v], deny: [v -z]}

    """
  private static let rest = "  logs: [/var/log/**]\n  sockets: [/run/a]\n"

  private func loaded(_ text: String, host: String = "web-1") throws -> Policy {
    let policy = try TemporaryPolicy(["a.yaml": Self.commands, "b.yaml": text, "secrets.yaml": secretsFile])
    return try PolicyLoader(hostName: host, isExecutable: { _ in true }).load(directory: policy.path).policy
  }

  private func errors(_ text: String) throws -> [String] {
    try TemporaryPolicy(["a.yaml": Self.commands, "b.yaml": text, "secrets.yaml": secretsFile]).errors
  }

  @Test("have the value of the host: of its name before that of a pattern")
  func hosts() throws {
    let text =
      "variables:\n  units: any\n" + Self.rest + """
        hosts:
          "web-*": {variables: {units: [nginx]}}
          web-1: {variables: {units: [ssh], logs: [/srv]}}
          "db-?.example": {variables: {units: [mysql]}}
        """
    func allows(_ line: String, on host: String) throws -> Bool {
      try loaded(text, host: host).judge(parsing: line).exitStatus == 0
    }
    #expect(try allows("u -u ssh /srv/x", on: "web-1"))
    #expect(try !allows("u -u nginx", on: "web-1"))
    #expect(try !allows("u", on: "web-1"))
    #expect(try allows("u -u ssh", on: "web-1.example.org"))
    #expect(try allows("u -u nginx /var/log/x", on: "web-2"))
    #expect(try !allows("u -u ssh", on: "web-2"))
    #expect(try allows("u -u mysql", on: "db-1.example"))
    #expect(try !allows("u -u nginx", on: "db-1.example"))
    #expect(try allows("u -u anything", on: "mail"))
    #expect(try allows("u", on: "mail"))
  }

  @Test("hold for the commands of roles")
  func roles() throws {
    let policy = try loaded(
      "variables:\n  units: any\n  tools: [u]\n" + Self.rest
        + """
        roles:
          web: {commands: [$tools], variables: {units: [nginx]}}
          more: {commands: [$tools], variables: {tools: [v]}}
          all: {commands: [$every]}
        agents: {a: {keys: [], roles: [web]}, b: {keys: [], roles: [more]}, c: {keys: [], roles: [all]}}
        """.replacing("[$every]", with: "[$tools, v]"))
    #expect(policy.agents["a"]?.commands == .only(["u"]))
    #expect(policy.agents["b"]?.commands == .only(["v"]))
    #expect(policy.agents["c"]?.commands == .only(["u", "v"]))
    #expect(policy.judge(parsing: "u -u nginx", agent: policy.agents["a"]).exitStatus == 0)
    #expect(policy.judge(parsing: "u -u ssh", agent: policy.agents["a"]).exitStatus == 126)
    #expect(policy.judge(parsing: "u", agent: policy.agents["a"]).exitStatus == 126)
  }

  @Test(
    "that are wrong are shown at their place",
    arguments: [
      ("  units: []\n", "b.yaml:2:10: $units lists nothing"),
      ("  units: nginx\n", "b.yaml:2:10: a variable is `any` or a list"),
      (
        "  units: [/var/log]\n",
        "b.yaml:2:11: `/var/log` is not a unit name: $units is used as `unit in $units`"
      ),
      ("  units: any\nhosts: {web: {variables: {unit: any}}}\n", "b.yaml:3:27: there is no variable `$unit`"),
      (
        "  units: any\nhosts: {\"w/b\": {}}\n",
        "b.yaml:3:9: a host's name has letters, digits, - . _ and the wildcards * and ?"
      ),
      (
        "  units: any\nhosts: {web: {variables: {logs: [log]}}}\n",
        "b.yaml:3:34: the pattern does not begin with /: $logs is used as `path in $logs`"
      ),
      (
        "  units: any\nhosts: {web: {variables: {logs: any}}}\n",
        "b.yaml:3:27: $logs cannot be `any`: `needs` at"
      ),
      (
        "  units: any\nroles: {r: {commands: all, variables: {sockets: [a]}}}\n",
        "b.yaml:3:50: `a` is not an absolute path: $sockets is used as `$sockets`"
      ),
      ("  units: any\nroles: {r: {commands: [$tols]}}\n", "b.yaml:3:24: there is no variable `$tols`"),
      (
        "  units: any\n  t: [x]\nroles: {r: {commands: [$t]}}\n",
        "b.yaml:3:7: there is no command `x`: $t is used as `$t`"
      ),
      (
        "  units: any\n  9x: any\n",
        "b.yaml:3:3: a variable's name has letters, digits, - and _ and begins with a letter"
      ),
    ])
  func mistakes(text: String, expected: String) throws {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let split = parts.firstIndex { !$0.hasPrefix("  ") } ?? parts.count
    let whole = "variables:\n" + parts[..<split].map { $0 + "\n" }.joined()
    let others = parts[split...].joined(separator: "\n")
    let policy = try TemporaryPolicy([
      "a.yaml": Self.commands, "b.yaml": whole + others, "c.yaml": "roles: {}\n", "secrets.yaml": secretsFile,
      "z.yaml": "variables:\n" + Self.rest,
    ])
    let found = policy.errors
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }

  @Test("of which two patterns say something for the same host are an error that names both places")
  func ambiguous() throws {
    let text =
      "variables:\n  units: any\n" + Self.rest + """
        hosts:
          "web-*": {variables: {units: [nginx]}}
          "*-1": {variables: {units: [ssh]}}
        """
    let error = #expect(throws: PolicyFilesError.self) { try loaded(text, host: "web-1") }
    #expect(error?.diagnostics.map(\.message) == ["$units is set twice for host web-1"])
    #expect(error?.diagnostics.first?.hint.contains("b.yaml:6:25") == true)
    #expect(try loaded(text, host: "web-2").judge(parsing: "u -u nginx").exitStatus == 0)
  }

  @Test("that nothing uses are warned of, and those that stand twice are an error")
  func unused() throws {
    let text = "variables:\n  units: any\n  more: [a, a]\n" + Self.rest
    let policy = try TemporaryPolicy(["a.yaml": Self.commands, "b.yaml": text, "secrets.yaml": secretsFile])
    #expect(
      try policy.warnings == ["b.yaml:3:3: $more is used nowhere", "b.yaml:3:13: `a` stands twice in $more"])
    #expect(
      try errors(text + "  units: any\n").isEmpty == false)
    try policy.write("c.yaml", "variables: {units: any}\n")
    #expect(policy.errors == ["c.yaml:1:13: variable `units` stands twice"])
  }

  @Test("are suggested where a name is almost right")
  func nearest() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": Self.commands, "b.yaml": "variables:\n  unit: any\n" + Self.rest, "secrets.yaml": secretsFile,
    ])
    let found = policy.diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.message) == ["there is no variable `$units`", "there is no variable `$units`"])
    #expect(found.first?.hint == "did you mean `$unit`?")
  }

  @Test("do not change what examples say: these hold with the values that are the same everywhere")
  func examples() throws {
    let commands = Self.commands.replacing("allow: [u]", with: "allow: [u, u -u ssh]")
    let text = "variables:\n  units: any\n" + Self.rest + "hosts: {web-1: {variables: {units: [nginx]}}}\n"
    let policy = try TemporaryPolicy(["a.yaml": commands, "b.yaml": text, "secrets.yaml": secretsFile])
    #expect(throws: Never.self) {
      try PolicyLoader(hostName: "web-1", isExecutable: { _ in true }).load(directory: policy.path)
    }
  }

  @Test("never weaken a secret")
  func secrets() throws {
    let policy = try loaded("variables:\n  units: any\n  logs: [/etc/shadow, /etc/**]\n  sockets: [/run/a]\n")
    guard case .refused(let refusal) = policy.judge(parsing: "u /etc/shadow") else {
      Issue.record("allowed")
      return
    }
    #expect(refusal.kind == .secret)
  }
}
