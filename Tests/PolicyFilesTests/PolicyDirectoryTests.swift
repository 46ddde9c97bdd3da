import Glibc
import Policy
import PolicyFiles
import SecretPaths
import Testing

@Suite("The policy directory")
struct PolicyDirectoryTests {
  private func sound() throws -> TemporaryPolicy {
    try TemporaryPolicy(["commands/a.yaml": command(), "secrets.yaml": secretsFile, "README.md": "x: ["])
  }

  @Test("is read with all below it, and only .yaml")
  func reading() throws {
    let policy = try sound()
    try policy.write(".hidden.yaml", "x: [")
    try policy.write("commands/a.yaml~", "x: [")
    let loaded = try policy.load()
    #expect(loaded.policy.commands.keys.sorted() == ["cat"])
    #expect(loaded.policy.secrets.denial(of: "/etc/shadow-")?.location == "\(policy.path)/secrets.yaml:2:12")
    #expect(loaded.policy.commands["cat"]?.location.description == "\(policy.path)/commands/a.yaml:2:3")
  }

  @Test(
    "is refused when others can write a file",
    arguments: [(0o664, "g"), (0o646, "o"), (0o666, "go")] as [(mode_t, String)])
  func writableFile(mode: mode_t, who: String) throws {
    let policy = try sound()
    #expect(unsafe chmod(policy.path + "/secrets.yaml", mode) == 0)
    #expect(policy.errors.contains("secrets.yaml: writable by others than its owner"))
    #expect(policy.diagnostics.contains { $0.hint == "chmod \(who)-w \(policy.path)/secrets.yaml" })
  }

  @Test("is refused when others can write a directory")
  func writableDirectory() throws {
    let policy = try sound()
    #expect(unsafe chmod(policy.path + "/commands", 0o775) == 0)
    #expect(policy.errors.contains("commands: writable by others than its owner"))
    #expect(unsafe chmod(policy.path + "/commands", 0o755) == 0)
    #expect(unsafe chmod(policy.path, 0o777) == 0)
    #expect(policy.errors.contains(".: writable by others than its owner"))
  }

  @Test(
    "is refused when a file belongs to somebody else",
    .enabled(if: geteuid() == 0, "only root can give files away"))
  func owner() throws {
    let policy = try sound()
    #expect(unsafe chown(policy.path + "/secrets.yaml", 12_345, 0) == 0)
    #expect(policy.errors.contains("secrets.yaml: owned by uid 12345, who could change the policy"))
  }

  @Test("is refused when it holds a symbolic link to a policy file or directory")
  func links() throws {
    let policy = try sound()
    #expect(unsafe symlink("secrets.yaml", policy.path + "/b.yaml") == 0)
    #expect(policy.errors == ["b.yaml: symbolic links are not followed"])
    #expect(unsafe unlink(policy.path + "/b.yaml") == 0)
    #expect(unsafe symlink("/tmp", policy.path + "/more") == 0)
    #expect(policy.errors == ["more: symbolic links are not followed"])
  }

  @Test("is refused when a file is no regular file, without waiting for a writer")
  func fifo() throws {
    let policy = try sound()
    #expect(unsafe mkfifo(policy.path + "/b.yaml", 0o644) == 0)
    #expect(policy.errors == ["b.yaml: not a regular file"])
  }

  @Test("is refused when a file is larger than 1 MiB or not UTF-8")
  func contents() throws {
    let policy = try sound()
    try policy.write("b.yaml", "#" + String(repeating: "x", count: 1 << 20))
    #expect(policy.errors == ["b.yaml: the file is larger than 1 MiB"])
    try policy.write("b.yaml", "#" + String(repeating: "x", count: (1 << 20) - 1))
    #expect(policy.errors == [])
  }

  @Test("that is not there is an error")
  func absent() {
    let error = #expect(throws: PolicyFilesError.self) {
      try PolicyLoader().load(directory: "/nonexistent/policy")
    }
    #expect(
      error?.diagnostics.first?.message
        == "cannot read the policy directory: openat2 /nonexistent/policy: No such file or directory")
  }

  @Test("warns of .yml files, which are not read")
  func yml() throws {
    let policy = try sound()
    try policy.write("b.yml", "x: [")
    #expect(try policy.load().warnings.map(\.message) == ["the file is not read"])
  }

  @Test("has a digest of names and contents, and of nothing else")
  func digest() throws {
    let first = try sound()
    let second = try sound()
    let digest = try first.load().policy.digest
    #expect(digest.count == 64)
    #expect(try second.load().policy.digest == digest)
    #expect(try first.load().policy.shortDigest == String(digest.prefix(16)))
    try second.write("secrets.yaml", secretsFile + "#\n")
    #expect(try second.load().policy.digest != digest)
    try second.write("secrets.yaml", secretsFile)
    try second.write("z.yaml", "")
    #expect(try second.load().policy.digest != digest)
  }
}
