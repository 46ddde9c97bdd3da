import Policy
import PolicyFiles
import SecretPaths
import Testing

@Suite("The public trees of a policy")
struct PublicTreeLoadTests {
  private static func policy(_ lists: String..., secrets: String = secretsFile) throws -> TemporaryPolicy {
    var files = ["commands.yaml": command(), "secrets.yaml": secrets]
    for (index, list) in lists.enumerated() { files["p\(index).yaml"] = "public: " + list }
    return try TemporaryPolicy(files)
  }

  @Test("add up over the files")
  func merged() throws {
    let loaded = try Self.policy("[/usr/bin, /usr/share]", "[/usr/include]", "").load()
    #expect(loaded.policy.publicTrees.map(\.description) == ["/usr/bin", "/usr/share", "/usr/include"])
    #expect(loaded.warnings.isEmpty)
  }

  @Test(
    "are refused at their place when they cannot be public",
    arguments: [
      ("[usr]", "1:10: a public tree must be an absolute path"),
      ("[/]", "1:10: the whole file system cannot be public"),
      ("[/usr/bin, /usr/]", "1:20: the public tree is not written in its plain form"),
      ("[/usr/../etc]", "1:10: the public tree is not written in its plain form"),
      ("[/usr//bin]", "1:10: the public tree is not written in its plain form"),
      ("['/usr/*']", "1:16: a public tree is one directory, not a pattern"),
      ("[/dev/shm]", "1:10: nothing at or below /dev can be public"),
      ("[/proc]", "1:10: nothing at or below /proc can be public"),
      ("[/var]", "1:10: /var/tmp lies in this tree and cannot be public"),
      ("/usr/bin", "1:9: public must be a list"),
      ("[{path: /usr/bin}]", "1:10: a public tree must be a word or a line of text"),
      ("[\"\"]", "1:10: a public tree must be one line, and not empty"),
    ])
  func unsound(list: String, expected: String) throws {
    let policy = try Self.policy(list)
    #expect(policy.errors == ["p0.yaml:" + expected])
  }

  @Test("do not lie in each other, in one file or in two, and both places are named")
  func nested() throws {
    let policy = try Self.policy("[/usr/share, /usr/bin]", "[/usr/share/doc]", "[/usr]", "[/usr/bin]")
    #expect(
      policy.errors == [
        "p1.yaml:1:10: public tree /usr/share/doc lies in public tree /usr/share",
        "p2.yaml:1:10: public tree /usr holds public tree /usr/share",
        "p3.yaml:1:10: public tree /usr/bin stands twice",
      ])
    #expect(policy.diagnostics[0].hint.hasSuffix("stands at \(policy.path)/p0.yaml:1:10"))
    #expect(policy.diagnostics[2].hint.hasSuffix("stands at \(policy.path)/p0.yaml:1:22"))
  }

  @Test(
    "hold no secret, and none that a pattern only might reach",
    arguments: ["/usr/lib/credstore", "/usr", "/**/id_rsa", "/usr/*/*key*", "/usr/lib", "/*/lib/**/x"])
  func secret(pattern: String) throws {
    let policy = try Self.policy(
      "[/usr/bin, /usr/lib]", secrets: "secrets:\n  - {path: \"\(pattern)\", reason: keys}\n")
    let error = "secret \(pattern) could lie in public tree /usr/lib"
    #expect(policy.errors.contains("p0.yaml:1:20: " + error))
    let found = try #require(policy.diagnostics.first { $0.message == error })
    #expect(
      found.description == """
        \(policy.path)/p0.yaml:1:20: error: \(error)
          public: [/usr/bin, /usr/lib]
                             ^
        hint: it stands at \(policy.path)/secrets.yaml:2:12 (keys); list only directories without it

        """)
  }

  @Test("are named once for many secrets")
  func manySecrets() throws {
    let secrets =
      "secrets:\n" + (1...9).map { "  - {path: /usr/lib/k\($0), reason: keys}\n" }.joined()
    let policy = try Self.policy("[/usr/lib]", secrets: secrets)
    #expect(policy.errors == ["p0.yaml:1:10: secret /usr/lib/k1 could lie in public tree /usr/lib"])
    #expect(policy.diagnostics.first?.hint.contains("as do 8 more") == true)
  }

  @Test("beside secrets that cannot reach them are sound")
  func apart() throws {
    let secrets = "secrets:\n  - {path: \"/usr/lib/credstore*\", reason: keys}\n"
    #expect(try Self.policy("[/usr/lib/systemd, /usr/bin]", secrets: secrets).errors.isEmpty)
  }

  @Test("are at most as many as a plan can carry")
  func count() throws {
    func list(_ count: Int) -> String { "[" + (1...count).map { "/t/\($0)" }.joined(separator: ", ") + "]" }
    #expect(try Self.policy(list(PublicTree.maximumCount)).errors.isEmpty)
    let errors = try Self.policy(list(PublicTree.maximumCount + 1)).errors
    #expect(errors.count == 1 && errors[0].hasSuffix(": more than 64 public trees"))
  }

  @Test(
    "are used by commands that say what they read",
    arguments: [
      ("reads: operands", nil), ("reads: anything", nil), ("reads: operands unless -L, --long", nil),
      ("reads: operand", "5:12: `reads` is `anything` or `operands`"),
      ("reads: operands unless", "5:27: an option is expected after `unless`"),
      ("reads: operands unless -x", "5:12: `-x` after `unless` is not among the options"),
      ("reads: operands -L", "5:21: `-L` is too much"),
    ] as [(String, String?)])
  func reads(line: String, expected: String?) throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command(line, "options: {\"-L\": flag, \"-l, --long\": flag}"), "secrets.yaml": secretsFile,
    ])
    #expect(policy.errors == (expected.map { ["a.yaml:" + $0] } ?? []))
  }

  @Test("an option after `unless` counts in every spelling")
  func spellings() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command("reads: operands unless --long", "options: {\"-l, --long\": flag}"),
      "secrets.yaml": secretsFile,
    ])
    #expect(try policy.load().policy.commands["cat"]?.reads == .operands(unless: ["-l", "--long"]))
  }
}
