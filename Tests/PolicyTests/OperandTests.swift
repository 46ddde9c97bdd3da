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
      ("plus 1", true), ("plus 1 2 3", true),
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
