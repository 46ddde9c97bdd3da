import Policy
import Testing

@Suite("Anchored expressions")
struct AnchoredExpressionTests {
  @Test(
    "match whole texts",
    arguments: [
      ("abc", "abc"), ("a.c", "a/c"), ("[a-c]+", "abccba"), ("-?[0-9]{1,6}|[0-9a-f]{32}", "-12"),
      ("-?[0-9]{1,6}|[0-9a-f]{32}", "0123456789abcdef0123456789abcdef"), ("(ab)*", ""), ("(ab)*", "abab"),
      ("a|", ""), ("[^/]+", "é"), ("\\d+\\.\\d+", "1.22"), ("\\w{2,}", "a_9"),
      ("[]x]".replacing("[]", with: "[\\]"), "]"),
      ("a{0}b", "b"), ("(a|b|cd){2}", "acd"), ("[a-]", "-"), ("\\\\", "\\"), ("x{2,3}", "xxx"), ("é+", "é"),
    ])
  func matches(source: String, text: String) throws {
    #expect(try AnchoredExpression(source).matches(text))
  }

  @Test(
    "do not match a part of a text",
    arguments: [
      ("abc", "abcd"), ("abc", "xabc"), ("a+", ""), ("[a-c]+", "abd"), ("x{2,3}", "xxxx"), ("x{2,3}", "x"),
      ("a|b", "ab"), (".", ""), ("[^a]", "a"), ("a.c", "a\u{e9}c"), ("a", "a\n"), ("(ab)*", "aba"),
    ])
  func doesNotMatch(source: String, text: String) throws {
    #expect(try !AnchoredExpression(source).matches(text))
  }

  @Test(
    "say where they are wrong",
    arguments: [
      ("a(b", 1), ("a)", 1), ("[a", 0), ("[]", 0), ("*a", 0), ("a**", 2), ("a{2", 1), ("a{3,2}", 1),
      ("^a", 0),
      ("a$", 1), ("a\\", 1), ("\\q", 0), ("[z-a]", 1), ("[é]", 1), ("a{99999}", 1), ("a|*", 2), ("a]", 1),
    ])
  func mistakes(source: String, offset: Int) {
    let error = #expect(throws: AnchoredExpressionError.self) { try AnchoredExpression(source) }
    #expect(error?.offset == offset)
  }

  @Test(
    "take linear time where backtracking would take forever",
    arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a?){60}a{60}b", "((a+)+)+b", "(.*)(.*)(.*)(.*)(.*)b"])
  func hostile(source: String) throws {
    let expression = try AnchoredExpression(source)
    let clock = ContinuousClock()
    let text = String(repeating: "a", count: 3_000)
    let elapsed = clock.measure { #expect(!expression.matches(text)) }
    #expect(elapsed < .seconds(5))
  }

  @Test("are refused when they would need too many states")
  func tooLarge() {
    #expect(throws: AnchoredExpressionError.self) { try AnchoredExpression("((a{50}){50}){50}") }
    #expect(throws: AnchoredExpressionError.self) {
      try AnchoredExpression(String(repeating: "(", count: 500))
    }
  }

  @Test("of nothing, repeated without end, still compile at once")
  func nothingRepeated() throws {
    #expect(try AnchoredExpression("((((){2000}){2000}){2000}){2000}").matches(""))
  }
}
