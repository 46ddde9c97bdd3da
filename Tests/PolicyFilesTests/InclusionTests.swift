import Glibc
import Policy
import PolicyFiles
import Testing

@Suite("A policy that includes others")
struct InclusionTests {
  private static func tool(_ name: String) -> String {
    "commands:\n  \(name): {exec: /bin/\(name), about: a, allow: [\(name)], deny: [\(name) -z]}\n"
  }

  @Test("has what they have: files and directories, by absolute and by relative names, each once")
  func included() throws {
    let shipped = try TemporaryPolicy([
      "a.yaml": Self.tool("a"), "b/b.yaml": Self.tool("b"), "secrets.yaml": secretsFile,
    ])
    let own = try TemporaryPolicy([
      "main.yaml": "include: [\(shipped.path), extra/c.txt, \(shipped.path)/a.yaml, main.yaml]\n",
      "extra/c.txt": "include: [d.yaml, ../main.yaml]\n" + Self.tool("c"), "extra/d.yaml": Self.tool("d"),
    ])
    let loaded = try own.load()
    #expect(Set(loaded.policy.commands.keys) == ["a", "b", "c", "d"])
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.policy.commands["a"]?.location.file == shipped.path + "/a.yaml")
    let digest = loaded.policy.digest
    try shipped.write("a.yaml", Self.tool("a") + "# changed\n")
    #expect(try own.load().policy.digest != digest)
  }

  @Test("is refused when one is missing, and shows where")
  func missing() throws {
    let own = try TemporaryPolicy([
      "main.yaml": "include: [none.yaml]\n" + Self.tool("a"), "secrets.yaml": secretsFile,
    ])
    #expect(own.errors.count == 1)
    #expect(own.errors.first?.hasPrefix("main.yaml:1:11: cannot include `none.yaml`") == true)
  }

  @Test("is refused when others could have written one, or a link stands for one")
  func openToOthers() throws {
    let own = try TemporaryPolicy([
      "main.yaml": "include: [open.txt]\n" + Self.tool("a"), "secrets.yaml": secretsFile,
    ])
    try own.write("open.txt", Self.tool("b"), mode: 0o666)
    #expect(own.errors == ["open.txt: writable by others than its owner"])
    _ = unsafe unlink(own.path + "/open.txt")
    _ = unsafe symlink(own.path + "/secrets.yaml", own.path + "/open.txt")
    #expect(own.errors == ["open.txt: symbolic links are not followed"])
  }

  @Test("shows mistakes in them at their place")
  func mistakes() throws {
    let own = try TemporaryPolicy([
      "main.yaml": "include: [x.txt]\n" + Self.tool("a"), "x.txt": "comands: {}\n",
      "secrets.yaml": secretsFile,
    ])
    #expect(own.errors == ["x.txt:1:1: unknown key `comands` in a policy file"])
  }

  @Test("is refused when they nest too deeply")
  func depth() throws {
    var files = ["main.yaml": "include: [0.txt]\n" + Self.tool("a"), "secrets.yaml": secretsFile]
    for level in 0...9 { files["\(level).txt"] = "include: [\(level + 1).txt]\n" }
    files["10.txt"] = "roles: {}\n"
    #expect(try TemporaryPolicy(files).errors == ["7.txt:1:11: files include each other too deeply"])
  }
}

@Suite("A disabled command")
struct DisabledCommandTests {
  private func policy(_ names: String) throws -> TemporaryPolicy {
    try TemporaryPolicy([
      "a.yaml": command(), "b.yaml": "disable: \(names)\n",
      "secrets.yaml": secretsFile,
    ])
  }

  @Test("is refused with the place, and not listed")
  func refused() throws {
    let policy = try policy("[cat]")
    let loaded = try policy.load()
    guard case .refused(let refusal) = loaded.policy.judge(parsing: "cat /etc/hosts") else {
      Issue.record("allowed")
      return
    }
    #expect(refusal.kind == .notAllowed)
    #expect(refusal.reason == "cat is disabled by \(policy.path)/b.yaml:1")
    #expect(!loaded.policy.helpText(for: nil).contains("  cat "))
    #expect(loaded.warnings.isEmpty)
  }

  @Test("must be one that there is, and once")
  func unknown() throws {
    let policy = try policy("[cta]")
    #expect(policy.errors == ["b.yaml:1:11: there is no command `cta`"])
    #expect(policy.diagnostics.first?.hint == "did you mean `cat`?")
    #expect(try self.policy("[cat, cat]").warnings == ["b.yaml:1:16: `cat` stands twice in disable"])
  }
}
