import Policy
import Testing

@Suite("A program")
struct ProgramTypeTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "awk", .posix,
        options: [("-F", "word /[ -~]{1,8}/"), ("-v", "awk-assignment, repeated")],
        operands: ["awk-program", "awk-operand*"]),
      rule(
        "sed", options: [("-n", "flag"), ("-e", "sed-script, repeated")],
        operands: ["sed-script unless -e", "path*"]),
      rule("jq", options: [("-r", "flag")], operands: ["jq-filter", "path*"]),
      rule("files", operands: ["path*"]),
      secrets: [("/etc/shadow", "password hashes")])
  }

  @Test(
    "runs as its parser prints it, and its operands as they are",
    arguments: [
      ("awk '{print   $1}' /etc/hosts", ["awk", "--", nil, "/etc/hosts"]),
      ("awk -F: -v n=3 '{print $n}' x", ["awk", "-F", ":", "-v", "n=3", "--", nil, "x"]),
      ("awk '{print}' a n=1 -", ["awk", "--", nil, "a", "n=1", "-"]),
      ("awk '{print}' a* /var/*", ["awk", "--", nil, "glob:./a*", "glob:/var/*"]),
    ])
  func canonical(line: String, expected: [String?]) throws {
    let found = try #require(arguments(sample, line))
    #expect(zip(found, expected).allSatisfy { $1 == nil || $0 == $1 } && found.count == expected.count)
    // How the parser prints is for its own tests. Here: it is printed, and printed again it stays as it is.
    let program = try #require(expected.firstIndex(of: nil))
    #expect(!line.contains(found[program]))
    #expect(arguments(sample, "awk '\(found[program])'")?.last == found[program])
  }

  @Test(
    "that could do harm is refused, wherever it stands",
    arguments: [
      "awk 'BEGIN{system(\"id\")}'", "awk '{print > \"x\"}'", "awk '{print | \"sh\"}'",
      "awk '{getline x < \"/etc/shadow\"}'",
      "awk '{print' x", "awk -v 'OFMT=%*d' '{print}'", "awk -v nothing '{print}'", "awk '{print}' 'OFMT=%*d'",
      "sed -n 'w /tmp/x' a", "sed 's/a/b/e' a", "sed -e p -e 'r /etc/shadow'", "sed -f x a",
      "sed p -n /etc/shadow", "sed 1e a",
      "jq env x", "jq '$ENV.PATH' x", "jq 'import \"a\" as a; .' x",
      "jq . /etc/shadow",
      "awk '-f' x", "awk -f x", "awk '{print}' /etc/shadow", "awk '{print}' -- -x", "awk",
    ])
  func refused(line: String) {
    #expect(arguments(sample, line) == nil)
  }

  @Test("is printed anew for each option and operand that takes one")
  func everyPlace() throws {
    let found = try #require(arguments(sample, "sed -n -e '1,3p' -e 's/a/b/' x"))
    #expect(arguments(sample, "jq -r '.a' x")?.count == 5)
    #expect(found.count == 8 && found.first == "sed" && found.last == "x")
    let spaced = try #require(arguments(sample, "sed -n '  1,3p' x"))
    #expect(spaced == arguments(sample, "sed -n '1,3p' x"))
  }

  @Test("is refused with the reason, the place and what to do")
  func refusals() throws {
    let found = try #require(refusal(sample, "awk 'BEGIN { system(\"id\") }'"))
    #expect(found.reason.hasPrefix("awk: "))
    #expect(found.reason.contains("(at byte 9 of the program: `system(\"id\") }`)"))
    let end = try #require(refusal(sample, "awk '{ print'"))
    #expect(end.reason.contains("of the program"))
  }

  @Test(
    "is a type that policy files name",
    arguments: ["sed-script", "awk-program", "awk-assignment", "awk-operand", "jq-filter"])
  func names(name: String) throws {
    #expect(try OperandPattern.Item(parsing: name + "*").description == name + "*")
    #expect(throws: TypeSyntaxError.self) { try OperandPattern.Item(parsing: name + "x") }
  }
}
