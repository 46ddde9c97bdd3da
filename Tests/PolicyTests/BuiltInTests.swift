import Policy
import Testing

@Suite("Built-ins")
struct BuiltInTests {
  let sample: Policy
  let agent: Agent

  init() throws {
    agent = Agent(
      name: "claude", keys: [], roles: ["reader", "writer"], commands: .only(["cat"]), location: here)
    var missing = try rule("missing")
    missing.availability = .notInstalled
    var cat = try rule("cat", options: [("-n, --number", "flag")], operands: ["path*"])
    cat.allow = [Example(line: "cat /etc/hosts", location: here)]
    cat.deny = [Example(line: "cat -e x", location: here)]
    sample = try policy(
      cat, rule("ls", operands: ["path*"]), missing, secrets: [("/etc/shadow", "hashes")], agents: [agent])
  }

  @Test(
    "print what they should",
    arguments: [
      ("true", "", 0), ("false", "", 1), ("echo", "\n", 0), ("echo a 'b  c'", "a b  c\n", 0),
      ("echo -n a", "a", 0), ("echo -n", "", 0),
      ("echo '\\n'", "\\n\n", 0), ("echo a -n", "a -n\n", 0), ("targets", "this host\n", 0),
      ("which cat", "/usr/bin/cat\n", 0),
      ("which cat ls", "/usr/bin/cat\n/usr/bin/ls\n", 0), ("which cat vim", "/usr/bin/cat\n", 1),
      ("which vim", "", 1),
      ("which missing", "", 1), ("command -v cat", "/usr/bin/cat\n", 0), ("command -v cd", "cd\n", 0),
      ("whoami", "no agent\n", 0),
      ("explain true", "allowed\ntrue: built in\n", 0),
      ("explain explain explain x", "allowed\nexplain: built in\n", 0),
    ] as [(String, String, UInt8)])
  func output(line: String, text: String, status: UInt8) {
    let found = said(sample, line)
    #expect(found?.text == text)
    #expect(found?.status == status)
  }

  @Test(
    "refuse other uses",
    arguments: [
      "echo *", "echo -e a", "echo -ne a", "command ls", "command", "command -V ls", "which", "which -a ls",
      "cd", "cd a b", "cd -", "cd /tmp | ls",
      "ls | cd /tmp", "cd /etc/shadow", "cd *", "help vim", "help cat ls", "help missing", "cd ''",
    ])
  func refused(line: String) {
    #expect(refusal(sample, line) != nil)
  }

  @Test("cd is an action of its own")
  func changeDirectory() {
    guard case .allowed(let line) = sample.judge(parsing: "cd /var/log && ls") else {
      Issue.record("refused")
      return
    }
    #expect(line.steps[0].stages[0].action == .changeDirectory(to: "/var/log"))
  }

  @Test("whoami names the agent, its roles and the policy")
  func whoami() {
    #expect(
      said(sample, "whoami", agent: agent)?.text
        == "claude\nroles: reader, writer\npolicy: 0000000000000000\n")
  }

  @Test("help lists what the agent may use on this host")
  func help() {
    let all = sample.helpText(for: nil)
    #expect(all.contains("  ls       about ls\n"))
    #expect(all.contains("  explain  judge a line without running it: explain LINE\n"))
    #expect(!all.contains("missing"))
    let own = sample.helpText(for: agent)
    #expect(own.contains("  cat "))
    #expect(!own.contains("  ls "))
    #expect(said(sample, "help", agent: agent)?.text == own)
  }

  @Test("help COMMAND shows options, operands and examples")
  func helpCommand() {
    let text = said(sample, "help cat")?.text ?? ""
    #expect(
      text == """
        cat: about cat
        options:
          -n, --number: flag
        operands: path*
        limits: 30s, 8MiB output, 512MiB memory, 16 processes
        examples:
          cat /etc/hosts
        refused:
          cat -e x

        """)
    #expect(refusal(sample, "help ls", agent: agent)?.rule == "roles")
  }

  @Test("explain shows what would run")
  func explainAllowed() {
    let expected = """
      allowed
      cat: rule at test.yaml:1:1
        runs: cat -n -- 'a b'
        executable: /usr/bin/cat
        limits: 30s, 8MiB output, 512MiB memory, 16 processes

      """
    #expect(said(sample, "explain cat -n 'a b'")?.text == expected)
    #expect(said(sample, "explain \"cat -n 'a b'\"")?.text == expected)
  }

  @Test(
    "explain shows a refusal with its status",
    arguments: [
      ("explain cat /etc/shadow", 126), ("explain vim", 127), ("explain 'a | '", 126), ("explain", 2),
    ] as [(String, UInt8)])
  func explainRefused(line: String, status: UInt8) {
    #expect(said(sample, line)?.status == status)
  }

  @Test("explain runs under the agent's roles")
  func explainRoles() {
    #expect(
      said(sample, "explain ls", agent: agent)?.text.contains("ls is not among the commands of claude")
        == true)
  }
}
