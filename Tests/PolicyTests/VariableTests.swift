import Policy
import SecretPaths
import Testing

@Suite("A type with a variable")
struct VariableTests {
  private static func variable(_ name: String, _ items: [String]?, line: Int = 3) -> Variable {
    Variable(
      name: name, value: items.map { .items($0) } ?? .any,
      location: SourceLocation(file: "vars.yaml", line: line, column: 3))
  }

  private func sample(_ items: [String]?, agent roles: [Role] = []) throws -> Policy {
    var needs = Needs()
    needs.read = ["/etc/x", "$logs"]
    let rules = [
      try rule("u", operands: ["unit in $x*"]), try rule("p", operands: ["path in $x*"]),
      try rule("d", operands: ["directory in $x*"]), try rule("w", operands: ["one of $x?"]),
      try rule("user", options: [("-u, --user", "user in $x")]),
      try rule("i", operands: ["interface in $x?"]), try rule("needs", needs: needs),
    ]
    return Policy(
      commands: rules,
      secrets: SecretPaths([
        SecretPaths.Entry(pattern: try PathPattern("/var/log/secret*"), reason: "s", location: "s:1:1")
      ]),
      variables: [Self.variable("x", items), Self.variable("logs", ["/var/log/**"])], roles: roles,
      agents: [
        Agent(name: "a", keys: [], roles: roles.map(\.name), commands: .all, location: here)
      ])
  }

  @Test(
    "takes what matches an item",
    arguments: [
      ("nginx php*-fpm.service", "u nginx", true), ("nginx", "u nginx.service nginx", true),
      ("nginx.service", "u nginx", true), ("php*-fpm", "u php8.2-fpm php-fpm.service", true),
      ("php*-fpm", "u 'php*-fpm' 'php*-fpm.service'", true), ("php*-fpm", "u 'php8*-fpm'", false),
      ("nginx", "u nginx.socket", false), ("nginx", "u 'nginx*'", false), ("nginx", "u ssh", false),
      ("nginx", "u nginxx", false), ("*", "u '*' a.timer", true), ("*", "u 'a*'", false),
      ("nginx", "u", true),
      ("nginx", "u 'ngin[x]'", false), ("ssh.socket", "u ssh", false), ("nginx", "u nginx ssh", false),
      ("/var/log/**", "p /var/log /var/log/a/b -", true), ("/var/log/*.log", "p /var/log/a.log", true),
      ("/var/log/*.log", "p /var/log/a.txt", false), ("/var/log", "p /var/log/a", true),
      ("/var/log", "p /var/logs", false), ("/var/log", "p log", false),
      ("/var/log", "p /var/log/../x", false),
      ("/var/log", "p /var//log/./x", true), ("/var/log", "p /var/log/secret", false),
      ("/var/log", "p /var/log/*", true), ("/var/log", "p /var/*", false), ("/var/log", "p *", false),
      ("/var/log", "p /var/log/*/../../x", false), ("/var/log/*.log", "p /var/log/*.log", true),
      ("/var/log/*.log", "p /var/log/*", false), ("/var/log", "cd /tmp && p /var/log/a", false),
      ("/var/log", "d /var/log", true), ("/var/log", "d -", false),
      ("show list-*", "w show", true), ("show list-*", "w list-units", true),
      ("show list-*", "w 'list-*'", true),
      ("show", "w sho", false), ("show", "w", true), ("a* 1000", "user -u alice", true),
      ("a* 1000", "user --user=1000", true), ("a*", "user -u bob", false), ("a*", "user -u 'a*'", false),
      ("eth*", "i eth0", true), ("eth*", "i lo", false),
    ])
  func items(items: String, line: String, isAllowed: Bool) throws {
    let sample = try sample(items.split(separator: " ").map(String.init))
    #expect((refusal(sample, line) == nil) == isAllowed)
  }

  @Test(
    "takes all of the type where the variable is any, and nothing of another",
    arguments: ["u ssh 'a*'", "p x /etc", "cd /tmp && p x", "i lo"])
  func any(line: String) throws {
    #expect(refusal(try sample(nil), line) == nil)
    #expect(refusal(try sample(nil), "u /x") != nil)
    #expect(refusal(try sample(nil), "p /var/log/secret") != nil)
  }

  @Test("takes nothing where the variable is not known")
  func unknown() throws {
    let sample = Policy(commands: [try rule("u", operands: ["unit in $x"])], secrets: SecretPaths([]))
    #expect(refusal(sample, "u nginx") != nil)
    #expect(ArgumentType.bounded(BoundedType(kind: .unit, variable: "x")).accepts("nginx") != nil)
  }

  @Test("is refused with the variable, its place and what it allows")
  func refusals() throws {
    let found = try #require(refusal(try sample(["nginx", "php*-fpm"]), "u ssh"))
    #expect(found.reason == "u: `ssh` is not in $x")
    #expect(found.hint == "$x (vars.yaml:3:3) allows nginx, php*-fpm")
    let moved = try #require(refusal(try sample(["/var/log"]), "cd /tmp && p /var/log/a"))
    #expect(moved.hint == "make a call of its own, without `cd`; $x (vars.yaml:3:3) allows /var/log")
  }

  @Test(
    "is bounded by the roles that allow the command together, and by the host's value where a role says nothing"
  )
  func roles() throws {
    func role(_ name: String, _ items: [String]?, _ commands: CommandSet = .all) -> Role {
      let own = Self.variable("x", items, line: 9)
      return Role(name: name, commands: commands, variables: ["x": own], location: here)
    }
    let silent = Role(name: "silent", commands: .all, location: here)
    let cases: [([Role], String, Bool)] = [
      ([role("a", ["nginx"])], "u nginx", true), ([role("a", ["nginx"])], "u ssh", false),
      ([role("a", ["nginx"]), role("b", ["ssh"])], "u nginx ssh", true),
      ([role("a", ["nginx"]), role("b", nil)], "u cron", true),
      ([role("a", ["nginx"]), silent], "u host", true), ([role("a", ["nginx"]), silent], "u cron", false),
      ([role("a", ["nginx"]), role("b", nil, .only(["p"]))], "u cron", false),
      ([role("a", [])], "u nginx", false), ([], "u host", true), ([], "u nginx", false),
    ]
    for (roles, line, isAllowed) in cases {
      let sample = try sample(["host"], agent: roles)
      #expect(
        (refusal(sample, line, agent: sample.agents["a"]) == nil) == isAllowed, "\(roles.map(\.name)) \(line)"
      )
    }
  }

  @Test("is shown by explain, and lists what is needed")
  func explained() throws {
    let sample = try sample(["nginx"])
    let verdict = sample.judge(parsing: "u nginx")
    #expect(sample.explanation(of: verdict).contains("  bound: $x (vars.yaml:3:3) allows nginx\n"))
    guard case .allowed(let line) = sample.judge(parsing: "needs"),
      case .run(let execution) = line.steps[0].stages[0].action
    else {
      Issue.record("refused")
      return
    }
    #expect(execution.needs.read == ["/etc/x", "/var/log/**"])
  }

  @Test("can make an option required for whoever it bounds")
  func required() throws {
    let usage = Usage(
      options: try optionRules([("-u, --unit", "unit in $x")]), requiredWhen: [("-u", "x")])
    let rule = CommandRule(name: "j", executable: "/j", about: "j", location: here, usage: usage)
    func policy(_ items: [String]?) -> Policy {
      Policy(commands: [rule], secrets: SecretPaths([]), variables: [Self.variable("x", items)])
    }
    #expect(refusal(policy(nil), "j") == nil)
    #expect(refusal(policy(["nginx"]), "j --unit=nginx") == nil)
    let found = try #require(refusal(policy(["nginx"]), "j"))
    #expect(found.reason == "j: -u or --unit is required, since not all is allowed")
    #expect(found.hint == "add -u, --unit: unit in $x; $x (vars.yaml:3:3) allows nginx")
  }

  @Test(
    "is written as a type is",
    arguments: ["unit in $x", "path in $web-logs", "directory in $a_b", "one of $x", "user in $x1"])
  func syntax(text: String) throws {
    #expect(try OperandPattern.Item(parsing: text + "*").description == text + "*")
    #expect(try OptionRule(names: ["-a"], parsing: text + ", repeated").isRepeatable)
  }

  @Test(
    "is refused where it makes no sense",
    arguments: [
      "count 1..2 in $x", "pattern in $x", "unit in", "unit in x", "unit in $", "one of $", "unit in $-",
      "size in $x",
    ])
  func badSyntax(text: String) {
    #expect(throws: TypeSyntaxError.self) { try OptionRule(names: ["-a"], parsing: text) }
  }
}
