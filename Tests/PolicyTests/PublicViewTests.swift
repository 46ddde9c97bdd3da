import Policy
import SecretPaths
import Testing

@Suite("A stage that reads public trees only")
struct PublicViewTests {
  private static let trees = ["/usr/bin", "/usr/share"]

  private static func policy(
    needs: Needs = Needs(), reads: FilesRead = .operands(unless: ["-L"]), trees: [String] = trees
  ) throws -> Policy {
    var rules = [
      try rule(
        "cat", options: [("-n", "flag"), ("-f,--file", "path"), ("-L", "flag"), ("-e", "pattern")],
        operands: ["path*"], needs: needs),
      try rule(
        "find", .find, options: [("-name", "pattern"), ("-newer", "path")], operands: ["path*"], needs: needs),
      try rule("grep", operands: ["pattern", "path*"], needs: needs),
      try rule("date", options: [("-r", "path")], needs: needs),
    ]
    for index in rules.indices { rules[index].reads = reads }
    return Policy(
      commands: rules, secrets: SecretPaths([]), publicTrees: try trees.map { try PublicTree($0) })
  }

  /// For each program of the line whether it gets the view; nil when the line is refused.
  private static func views(_ policy: Policy, _ line: String) -> [Bool]? {
    guard case .allowed(let judged) = policy.judge(parsing: line) else { return nil }
    return judged.steps.flatMap(\.stages).compactMap { stage in
      guard case .run(let execution) = stage.action else { return nil }
      return !execution.publicTrees.isEmpty
    }
  }

  @Test(
    "has every file that its words name in one of them",
    arguments: [
      "cat /usr/share/a", "cat /usr/bin", "cat /usr/share/a /usr/bin/b", "cat -n -- /usr/share//./a/",
      "cat -f /usr/bin/x /usr/share/a", "cat --file=/usr/bin/x /usr/share/a", "cat /usr/share/*",
      "cat /usr/share/[ab]/*.txt", "cat -e /etc/shadow /usr/share/a", "grep /etc/x /usr/share",
      "find /usr/share /usr/bin -name x", "find /usr/share -newer /usr/bin/x", "cat '/usr/share/*'",
      "cat /usr/share/..a",
    ])
  func inside(line: String) throws {
    #expect(Self.views(try Self.policy(), line) == [true])
  }

  @Test(
    "is not one that names another, or none, or that nobody can tell",
    arguments: [
      "cat", "cat -", "cat - /usr/share/a", "cat /etc/hosts", "cat /usr/share/a /etc/hosts", "cat /usr",
      "cat share/a", "cat usr/share", "cat /usr/shared", "cat /usr/share/../lib/x", "cat /usr/share/a/../b",
      "cat /usr/share/*/../../lib", "cat /usr/s*", "cat /usr/share*", "cat '/usr/share/'../x",
      "cat -f /etc/hosts /usr/share/a", "cat -f x /usr/share/a", "cat -f - /usr/share/a",
      "cat --file=/etc/hosts /usr/share/a", "cat -L /usr/share/a", "grep x", "find -name x", "find",
      "find . /usr/share", "find /usr/share -newer /etc/hosts", "date -r /usr/share/a", "cat */usr/share/a",
    ])
  func outside(line: String) throws {
    #expect(Self.views(try Self.policy(), line) == [false])
  }

  @Test("is judged for itself within its line, and no more after a `cd`")
  func lines() throws {
    let policy = try Self.policy()
    #expect(Self.views(policy, "cat /usr/share/a | grep x") == [true, false])
    #expect(Self.views(policy, "cat /usr/share/a; cat /etc/hosts; cat /usr/bin/b") == [true, false, true])
    #expect(Self.views(policy, "cd /usr/share; cat /usr/share/a") == [false])
    #expect(Self.views(policy, "cat /usr/share/a; cd x && cat /usr/share/a") == [true, false])
    #expect(Self.views(policy, "cd /usr/share && cat /usr/share/a || cat /usr/bin/b") == [false, false])
  }

  @Test("runs a command that promises it, and whose rule knows which options break the promise")
  func promise() throws {
    #expect(Self.views(try Self.policy(reads: .anything), "cat /usr/share/a") == [false])
    #expect(Self.views(try Self.policy(reads: .operands(unless: [])), "cat -L /usr/share/a") == [true])
    #expect(Self.views(try Self.policy(trees: []), "cat /usr/share/a") == [false])
  }

  @Test(
    "needs nothing that is not shown there",
    arguments: [
      { (needs: inout Needs) in needs.groups = ["adm"] }, { $0.sockets = ["/run/s"] },
      { $0.netlink = [.route] }, { $0.scratch = 1 }, { $0.programs = ["/usr/bin/gzip"] },
      { $0.read = ["/usr/share/private/**"] }, { $0.read = ["/var/log/**", "/**/x"] }, { $0.read = ["/usr"] },
    ] as [@Sendable (inout Needs) -> Void])
  func needs(change: @Sendable (inout Needs) -> Void) throws {
    var needs = Needs()
    change(&needs)
    #expect(Self.views(try Self.policy(needs: needs), "cat /usr/share/a") == [false])
  }

  @Test("has all trees of the policy, and gives up what it may read elsewhere")
  func obligation() throws {
    var needs = Needs()
    needs.read = ["/var/log/**"]
    let policy = try Self.policy(needs: needs)
    guard case .allowed(let line) = policy.judge(parsing: "cat /usr/share/a; cat /var/log/a"),
      case .run(let inside) = line.steps[0].stages[0].action,
      case .run(let outside) = line.steps[1].stages[0].action
    else {
      Issue.record("refused")
      return
    }
    #expect(inside.publicTrees.map(\.description) == Self.trees)
    #expect(inside.needs == Needs())
    #expect(outside.publicTrees.isEmpty)
    #expect(outside.needs == needs)
  }

  @Test("is shown as one by explain")
  func explained() throws {
    let policy = try Self.policy()
    let text = "  reads only public trees: opens need no check\n"
    #expect(policy.explanation(of: policy.judge(parsing: "cat /usr/share/a")).contains(text))
    #expect(!policy.explanation(of: policy.judge(parsing: "cat /etc/hosts")).contains(text))
  }
}
