import Policy
import PolicyFiles
import Testing

@Suite("Examples")
struct ExampleTests {
  private func policy(_ allow: String, _ deny: String) throws -> TemporaryPolicy {
    try TemporaryPolicy([
      "a.yaml": """
      commands:
        cat:
          exec: /usr/bin/cat
          about: print files
          options: {-n: flag}
          operands: ["path*"]
          allow: \(allow)
          deny: \(deny)
      """, "secrets.yaml": secretsFile,
    ])
  }

  @Test("that hold let the policy load")
  func hold() throws {
    let loaded = try policy("[cat a, cat -n a | cat]", "[cat -x, cat /etc/shadow]")
      .load()
    #expect(loaded.policy.commands["cat"]?.allow.count == 2)
    #expect(loaded.warnings.isEmpty)
  }

  @Test("to be allowed that are refused are shown with the reason, each at its place")
  func allow() throws {
    let policy = try policy("[cat a, cat -x, cat /etc/shadow]", "[cat -y]")
    #expect(
      policy.errors == [
        "a.yaml:7:20: this line must be allowed and is refused: cat: option `-x` is not allowed",
        "a.yaml:7:28: this line must be allowed and is refused: `/etc/shadow` is secret: password hashes",
      ])
    #expect(policy.diagnostics[0].hint == "allowed: -n")
  }

  @Test("to be refused that are allowed are shown")
  func deny() throws {
    #expect(
      try policy("[cat a]", "[cat -x, cat -n b]").errors == [
        "a.yaml:8:20: this line must be refused and is allowed"
      ])
  }

  @Test("that stand under both name both places, once")
  func contradiction() throws {
    let policy = try policy("[cat a]", "[cat a]")
    #expect(policy.errors == ["a.yaml:8:12: this line stands under both `allow` and `deny`"])
    #expect(policy.diagnostics[0].hint == "the other place is \(policy.path)/a.yaml:7:13")
  }

  @Test(
    "that test nothing of their command are warned of",
    arguments: [
      (
        "[cat a]", "[cat -x, 'cat $(id)']",
        [
          "8:20: this line tests nothing of cat: it is refused since command substitution $(…) is not available"
        ]
      ),
      ("[cat a]", "[cat -x, vim]", ["8:20: cat does not occur in this line"]),
      (
        "[cat a]", "[cat -x, cat a | vim]",
        ["8:20: this line tests nothing of cat: it is refused since `vim` is not a known command"]
      ),
      ("[cat a, echo a | cat, true]", "[cat -x]", []),
      ("[cat a, cat -n b, cat a]", "[cat -x]", ["7:30: this line stands twice under `allow`"]),
      ("[cat a]", "[cat -x, cat /etc/shadow, cat -x]", ["8:37: this line stands twice under `deny`"]),
    ])
  func strayed(allow: String, deny: String, expected: [String]) throws {
    #expect(try policy(allow, deny).warnings == expected.map { "a.yaml:" + $0 })
  }

  @Test("of another command are warned of")
  func otherCommand() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": """
      commands:
        a: {exec: /bin/a, about: a, allow: [a], deny: [a -x, b -x]}
        b: {exec: /bin/b, about: b, allow: [b, a], deny: [b -x, b | a -x]}
      """, "secrets.yaml": secretsFile,
    ])
    #expect(
      try policy.warnings == [
        "a.yaml:2:56: a does not occur in this line", "a.yaml:3:42: b does not occur in this line",
        "a.yaml:3:59: this line tests nothing of b: it is refused since a: option `-x` is not allowed",
      ])
  }

  @Test("hold on hosts that lack the executable, with a warning")
  func missing() throws {
    let policy = try policy("[cat a]", "[cat -x]")
    let loaded = try PolicyLoader(isExecutable: { _ in false }).load(directory: policy.path)
    #expect(loaded.policy.commands["cat"]?.availability == .notInstalled)
    #expect(loaded.warnings.map(\.message) == ["/usr/bin/cat is not on this host"])
    #expect(loaded.warnings.map(\.severity) == [.warning])
    #expect(loaded.warnings[0].location.line == 2)
  }
}
