import Glibc
import Policy
import PolicyFiles
import Testing

@Suite("An executable")
struct ExecutableTests {
  private func loaded(_ executable: String, programs: String = "[]") throws -> LoadedPolicy {
    let policy = try TemporaryPolicy([
      "a.yaml": """
      commands:
        x: {exec: \(executable), about: a, needs: {programs: \(programs)}, allow: [x], deny: [x -z]}
      """, "secrets.yaml": secretsFile,
    ])
    return try PolicyLoader().load(directory: policy.path)
  }

  @Test("of the system is usable, through links too", arguments: ["/usr/bin/env", "/bin/sh"])
  func usable(path: String) throws {
    let loaded = try loaded(path)
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.policy.judge(parsing: "x").exitStatus == 0)
  }

  @Test(
    "that is missing, a directory or not executable is answered as not installed",
    arguments: ["/usr/bin/no-such-tool", "/usr", "/etc/passwd"])
  func missing(path: String) throws {
    let loaded = try loaded(path)
    #expect(loaded.warnings.map(\.message) == ["\(path) is not on this host"])
    #expect(loaded.policy.judge(parsing: "x").exitStatus == 127)
  }

  @Test(
    "below a directory that others can write is refused, whoever owns it, and the reason shown at its place")
  func unsafeDirectory() throws {
    let grounds = try TemporaryPolicy([:])
    try grounds.write("tool", "#!/bin/sh\n", mode: 0o755)
    let loaded = try loaded(grounds.path + "/tool")
    #expect(loaded.warnings.map(\.message) == ["/tmp is writable by its group and others"])
    #expect(loaded.warnings.first?.location.column == 13)
    guard case .refused(let refusal) = loaded.policy.judge(parsing: "x") else {
      Issue.record("the command is allowed")
      return
    }
    #expect(refusal.kind == .notAllowed)
    #expect(refusal.reason == "x is not usable on this host: its executable is not safe from others")
    #expect(!loaded.policy.helpText(for: nil).contains("  x "))
  }

  @Test("that may start an unsafe program is refused, one that may start a missing one is not")
  func programs() throws {
    let grounds = try TemporaryPolicy([:])
    try grounds.write("tool", "#!/bin/sh\n", mode: 0o755)
    #expect(
      try loaded("/usr/bin/env", programs: "[\(grounds.path)/tool]").policy.judge(parsing: "x").exitStatus
        == 126)
    #expect(
      try loaded("/usr/bin/env", programs: "[/usr/bin/no-such-tool]").policy.judge(parsing: "x").exitStatus
        == 0)
  }
}
