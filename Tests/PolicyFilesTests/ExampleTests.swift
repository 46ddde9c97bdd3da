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
    let loaded = try policy("[cat a, cat -n a | cat]", "[cat -x, cat /etc/shadow, 'cat $(id)', \"vim\"]")
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

  @Test("hold on hosts that lack the executable, with a warning")
  func missing() throws {
    let policy = try policy("[cat a]", "[cat -x]")
    let loaded = try PolicyLoader(isExecutable: { _ in false }).load(directory: policy.path)
    #expect(loaded.policy.commands["cat"]?.isInstalled == false)
    #expect(loaded.warnings.map(\.message) == ["/usr/bin/cat is not on this host"])
    #expect(loaded.warnings.map(\.severity) == [.warning])
    #expect(loaded.warnings[0].location.line == 2)
  }
}
