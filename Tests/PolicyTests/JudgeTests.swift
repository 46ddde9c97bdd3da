import CommandGrammar
import Policy
import Testing

@Suite("Judging")
struct JudgeTests {
  let sample: Policy
  let agent: Agent

  init() throws {
    agent = Agent(
      name: "claude", keys: [], roles: ["reader"], commands: .only(["cat", "gone"]),
      location: SourceLocation(file: "agents.yaml", line: 3, column: 3))
    var gone = try rule("gone")
    gone.availability = .notInstalled
    sample = try policy(
      rule(
        "cat", options: [("-n", "flag"), ("-f", "path")], operands: ["path*"],
        limits: Limits(time: 1_000, output: 10, memory: 20, processes: 1)),
      rule(
        "grep", options: [("-f", "path")], operands: ["pattern", "path*"],
        limits: Limits(time: 500, output: 30, memory: 5, processes: 3)),
      rule("ls", options: [("-l", "flag")], operands: ["path*"]), gone,
      secrets: [
        ("/etc/shadow*", "password hashes"), ("/home/*/.ssh/**", "ssh keys"), ("/etc/ssl/private", "keys"),
      ],
      agents: [agent])
  }

  @Test("grants no socket that is secret, whatever the rule says")
  func secretSocket() throws {
    var needs = Needs()
    needs.sockets = ["/run/a/control", "/run/b/control"]
    let policy = try policy(rule("ask", needs: needs), secrets: [("/run/a", "a service's own")])
    guard case .allowed(let line) = policy.judge(parsing: "ask"),
      case .run(let execution) = line.steps[0].stages[0].action
    else {
      Issue.record("refused")
      return
    }
    #expect(execution.needs.sockets == ["/run/b/control"])
  }

  @Test("allows a whole line, with its steps, conditions and redirections")
  func wholeLine() throws {
    guard case .allowed(let line) = sample.judge(parsing: "cat a 2>&1 | grep x && ls; echo done") else {
      Issue.record("refused")
      return
    }
    #expect(line.steps.map(\.condition) == [.always, .afterSuccess, .always])
    #expect(line.rules == ["cat", "grep", "ls", "echo"])
    #expect(line.steps[0].stages[0].redirections == [.errorToOutput])
  }

  @Test("gives the call the largest of each limit")
  func limits() {
    guard case .allowed(let line) = sample.judge(parsing: "cat a | grep x") else {
      Issue.record("refused")
      return
    }
    #expect(line.limits == Limits(time: 1_000, output: 30, memory: 20, processes: 3))
  }

  @Test(
    "refuses a line for its first refused stage",
    arguments: ["cat a | grep x | vim", "ls; vim", "ls && vim", "cat /tmp/x || vim"])
  func firstRefused(line: String) {
    #expect(refusal(sample, line)?.kind == .unknownCommand)
  }

  @Test(
    "refuses operands that lie on the denylist",
    arguments: [
      "cat /etc/shadow", "cat /etc/shadow-", "cat a /etc/shadow", "cat //etc//./shadow",
      "cat /var/../etc/shadow", "cat /etc/ssl/private/x",
      "cat /home/a/.ssh/id_rsa", "cat /home/a/.ssh", "cat /etc/ssl/private/*", "cat /home/a/.ssh/id*",
      "cat -f /etc/shadow",
      "cat -f/etc/shadow", "grep -f /etc/shadow x", "grep x /etc/shadow", "cat '/etc/shadow'",
      "cat /etc/sh\\adow", "ls | cat /etc/shadow",
      "cd /etc && cat shadow", "cd /etc; cat ./shadow", "cd /etc; cd ssl; ls private", "cd /etc/ssl/private",
      "cd /home/a; ls .ssh/*",
      "cat -- /etc/shadow", "cat /../../etc/shadow", "cat /etc/ssl/private/../private/x",
    ])
  func secrets(line: String) {
    let found = refusal(sample, line)
    #expect(found?.kind == .secret, "\(line): \(String(describing: found))")
    #expect(found?.rule == "secrets")
    #expect(found?.location == SourceLocation(file: "secrets.yaml", line: 7, column: 11))
  }

  @Test(
    "leaves to the sandbox what the text does not tell",
    arguments: [
      "cat /etc/shado?", "cat shadow", "cat /etc/*", "ls /home/*/.ssh", "grep /etc/shadow /etc/hosts",
      "cd x; cat shadow", "ls /etc",
      "cat -", "cd /tmp; cat shadow",
    ])
  func notTold(line: String) {
    #expect(refusal(sample, line) == nil)
  }

  @Test("names the path and its reason in a refusal")
  func secretReason() {
    #expect(refusal(sample, "cat /etc/shadow")?.reason == "`/etc/shadow` is secret: password hashes")
  }

  @Test("keeps an agent to the commands of its roles")
  func roles() {
    #expect(refusal(sample, "cat a", agent: agent) == nil)
    let found = refusal(sample, "ls", agent: agent)
    #expect(found?.kind == .notAllowed)
    #expect(found?.rule == "roles")
    #expect(found?.location == agent.location)
    #expect(refusal(sample, "cat a | grep x", agent: agent)?.rule == "roles")
    #expect(refusal(sample, "help", agent: agent) == nil)
  }

  @Test(
    "answers unknown commands with what may be meant",
    arguments: [
      ("lss", "did you mean ls? `help` lists the commands"),
      ("/bin/cat x", "commands are named without a path: write cat"),
      ("exit", "a call ends with its line; write `false` for a status of 1"),
      ("qwertyuiop", "`help` lists the commands"),
      ("hlep", "did you mean help? `help` lists the commands"),
      (
        "bash -c ls",
        "there is no shell; write the command itself: pipes, `;`, `&&` and `||` work, and `help` lists the commands"
      ),
      ("c*t x", "wildcards stand in file operands only"),
    ])
  func unknown(line: String, hint: String) {
    let found = refusal(sample, line)
    #expect(found?.kind == .unknownCommand)
    #expect(found?.hint == hint)
  }

  @Test("does not offer commands that the agent may not use")
  func unknownForAgent() {
    #expect(refusal(sample, "lss", agent: agent)?.hint == "`help` lists the commands")
  }

  @Test("answers a command that is not on this host as unknown")
  func notInstalled() {
    let found = refusal(sample, "gone")
    #expect(found?.kind == .unknownCommand)
    #expect(found?.reason == "gone is not installed on this host")
  }

  @Test("knows this host as the only target")
  func targets() {
    #expect(refusal(sample, "@localhost ls") == nil)
    let found = refusal(sample, "@web-02 ls")
    #expect(found?.rule == "targets")
    #expect(found?.reason == "there is no target `web-02`")
  }

  @Test("refuses what is not in the grammar with kind syntax")
  func grammar() {
    #expect(refusal(sample, "ls $(id)")?.kind == .syntax)
    #expect(refusal(sample, "ls $(id)")?.rule == "grammar")
    #expect(refusal(sample, "")?.kind == .syntax)
  }

  @Test("says the same of a tree as of the text that it prints")
  func sameForTree() throws {
    for text in ["cat a 'b c' | grep -f x y", "ls /tmp/*", "cat /etc/shadow", "echo 'a  b' && cd /x"] {
      let line = try CommandLine(parsing: text.utf8)
      #expect(sample.judge(line) == sample.judge(parsing: line.description))
    }
  }

  @Test("sets the environment to what the rule says and nothing else")
  func environment() {
    guard case .allowed(let line) = sample.judge(parsing: "cat a"),
      case .run(let run) = line.steps[0].stages[0].action
    else {
      Issue.record("refused")
      return
    }
    #expect(run.environment == ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    #expect(run.executable == "/usr/bin/cat")
  }
}
