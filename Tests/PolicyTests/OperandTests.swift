import Policy
import Testing

@Suite("Operands")
struct OperandTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "grep", options: [("-e", "pattern, repeated"), ("-f", "path")],
        operands: ["pattern unless -e, -f", "path*"]),
      rule("back", operands: ["path*", "one of [end]", "count 0..9?"]),
      rule(
        "tree", options: [("-r, --recurse", "flag"), ("-R", "flag"), ("-x", "flag")],
        operands: ["one of [a]", "directory+ with -r, -R", "pid? unless -x with -r"]),
      rule("plus", operands: ["count 0..9+"]),
      rule("few", operands: ["path*"], maximumOperands: 3),
      rule("deep", operands: ["word /a*/*", "word /a*/*", "word /a*/*", "word /a*/*", "one of [b]"]))
  }

  @Test(
    "bind in order, with backtracking",
    arguments: [
      ("grep x", true), ("grep x a b", true), ("grep", false), ("grep -e x a", true), ("grep -e x", true),
      ("grep -f p a", true),
      ("grep 'a*' /var/*", true), ("grep a* /var/x", false), ("grep -e x *", true), ("back end", true),
      ("back a b end", true),
      ("back a b", false), ("back end end 5", true), ("back a end 5 5", false), ("plus", false),
      ("tree a", true), ("tree a b", false), ("tree -r a", false), ("tree -R a b", true),
      ("tree a b c --recurse", true),
      ("tree -R a b 5", true), ("tree -r a - 5", false), ("plus 1", true), ("plus 1 2 3", true),
      ("plus 1 x", false), ("few a b c", true), ("few a b c d", false), ("few * * * *", false),
    ])
  func binding(line: String, isAllowed: Bool) {
    #expect((refusal(sample, line) == nil) == isAllowed)
  }

  @Test("take time that does not explode")
  func time() {
    let line = "deep " + String(repeating: "a ", count: 250) + "c"
    let elapsed = ContinuousClock().measure { #expect(refusal(sample, line) != nil) }
    #expect(elapsed < .seconds(2))
  }

  @Test(
    "say what is wrong with them",
    arguments: [
      ("grep", "grep: an operand is missing", "a pattern is expected"),
      ("grep a* x", "grep: `a*` has unquoted wildcards where a pattern is expected", "quote it: 'a*'"),
      ("plus x", "plus: `x` is not a number from 0 to 9", ""),
      ("back a", "back: an operand is missing", "one of [end] is expected"),
      ("few a b c d", "few: 4 operands, and 3 are allowed", "use several calls"),
    ])
  func reasons(line: String, reason: String, hint: String) {
    #expect(refusal(sample, line)?.reason == reason)
    #expect(refusal(sample, line)?.hint == hint)
  }
}

@Suite("Lists of file names in a file")
struct FileListTests {
  @Test(
    "are refused with the reason, however they are written",
    arguments: [
      "du --files0-from=x", "du --files0-from x", "du --files0-fr=x", "du --files-from=x",
      "find -files0-from x",
    ])
  func hint(line: String) throws {
    let sample = try policy(rule("du", operands: ["path*"]), rule("find", .find, operands: ["path*"]))
    let found = try #require(refusal(sample, line))
    #expect(found.reason.hasSuffix("is not allowed: messages would print what the list holds"))
    #expect(found.hint == "name the files as operands")
  }

  @Test("have the hint of the rule where it has one")
  func ownHint() throws {
    let sample = try policy(rule("du", hints: ["--files0-from": "own"]))
    #expect(refusal(sample, "du --files0-from=x")?.hint == "own")
  }
}

@Suite("date +FORMAT")
struct DateFormatTests {
  @Test(
    "is a word that an expression matches, and nothing else is an operand",
    arguments: [
      ("date", true), ("date +%F", true), ("date '+%H:%M %Z'", true), ("date -u +%s", true),
      ("date -d yesterday +%F", true),
      ("date +%F +%T", false), ("date 010203042026", false), ("date -s now", false),
      ("date --set=now", false),
      ("date -f /etc/shadow", false), ("date +", false), ("date %F", false), ("date -- -s", false),
    ])
  func format(line: String, isAllowed: Bool) throws {
    let sample = try policy(
      rule("date", options: [("-u", "flag"), ("-d", "time")], operands: ["word /\\+[A-Za-z0-9%:. _-]+/?"]))
    #expect((refusal(sample, line) == nil) == isAllowed)
  }
}
