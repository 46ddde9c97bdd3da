import Policy
import PolicyFiles
import Testing

@Suite("Hints of a policy for commands that it does not have")
struct HintTests {
  private let secrets = "secrets:\n  - {path: /s, reason: r}\n"

  private func hint(for line: String, _ hints: String) throws -> String? {
    let files = try TemporaryPolicy(["a.yaml": command("needs: {}"), "s.yaml": secrets + hints])
    guard case .refused(let refusal) = try files.load().policy.judge(parsing: line) else { return nil }
    return refusal.hint
  }

  @Test("are shown for each of the words under which they stand")
  func shown() throws {
    let hints = "hints: {\"netstat, ss6\": \"`ss -tlnp` shows sockets\"}\n"
    #expect(try hint(for: "netstat -tlnp", hints) == "`ss -tlnp` shows sockets")
    #expect(try hint(for: "ss6", hints) == "`ss -tlnp` shows sockets")
  }

  @Test("come before what is said anyway")
  func first() throws {
    #expect(try hint(for: "exit", "hints: {exit: just stop}\n") == "just stop")
    #expect(try hint(for: "exit", "") == "a call ends with its line; write `false` for a status of 1")
  }

  @Test("cannot stand twice")
  func twice() throws {
    #expect(
      try TemporaryPolicy([
        "a.yaml": command("needs: {}"), "s.yaml": secrets + "hints: {vim: a}\n",
        "t.yaml": "hints: {vim: b}\n",
      ]).errors == ["t.yaml:1:9: `vim` has two hints"])
  }

  @Test("are warned of where the policy has the command")
  func unseen() throws {
    #expect(
      try TemporaryPolicy(["a.yaml": command("needs: {}"), "s.yaml": secrets + "hints: {cat: a}\n"]).warnings
        == [
          "s.yaml:3:9: the hint for `cat` is never shown: the policy has that command"
        ])
  }
}
