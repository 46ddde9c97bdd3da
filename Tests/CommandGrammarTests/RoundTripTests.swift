import CommandGrammar
import TestSupport
import Testing

@Suite("round trip")
struct RoundTripTests {
  @Test(
    "a line prints back in one canonical form",
    arguments: [
      ("  a   b|c;d&&e||f ; ", "a b | c; d && e || f"), ("a \"b c\"", "a 'b c'"), ("a b\\ c", "a 'b c'"),
      ("a \"it's\"", "a \"it's\""), ("a it\\'s\\\\", "a 'it'\\''s\\'"),
      ("2> /dev/null a 1>/dev/null", "a 2>/dev/null >/dev/null"),
      ("@web-*   a", "@web-* a"), ("'while' x", "'while' x"), ("'X=1'* x", "'X=1'* x"),
      ("a X=1 while", "a X=1 while"),
      ("'@a' b", "'@a' b"), ("a @b", "a @b"), ("a ''", "a ''"), ("a '*'*[!\"]\"]", "a '*'*[!\\]]"),
      ("a b!", "a 'b!'"),
    ])
  func canonical(text: String, printed: String) throws {
    let line = try parse(text)
    #expect(line.description == printed)
    #expect(try parse(printed) == line)
  }

  @Test("every tree that parsing can give parses again from what it prints")
  func trees() throws {
    var lines = RandomLines(seed: 0x6b65_7968)
    var longest = 0
    for _ in 0..<fuzzCount(20_000) {
      let tree = lines.tree()
      let printed = tree.description
      longest = max(longest, printed.utf8.count)
      let parsed = try parse(printed)
      guard parsed == tree, Array(parsed.description.utf8) == Array(printed.utf8) else {
        Issue.record("not the same tree: \(printed.debugDescription)")
        return
      }
    }
    #expect(longest > 300)
  }

  @Test("no line traps, and every line that parses has a canonical form")
  func mutations() throws {
    var lines = RandomLines(seed: 0x686f_6c65)
    var accepted = 0
    var reasons: Set<String> = []
    for _ in 0..<fuzzCount(50_000) {
      let bytes = lines.bytes()
      do throws(SyntaxError) {
        let tree = try CommandGrammar.CommandLine(parsing: bytes)
        accepted += 1
        let again = try? parse(tree.description)
        if again != tree || again?.description != tree.description {
          Issue.record("not canonical: \(bytes)")
          return
        }
        _ = tree.steps.map { $0.stages.map { $0.words.map(\.pattern) } }
      } catch {
        reasons.insert("\(error.reason)")
        guard (0...bytes.count).contains(error.offset) else {
          Issue.record("offset outside of the line: \(bytes)")
          return
        }
      }
    }
    // The inputs have to reach deep states: many are accepted, and nearly every refusal is met.
    #expect(accepted > 5_000)
    #expect(reasons.count >= 35)
  }

  @Test("random bytes never trap")
  func noise() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<fuzzCount(20_000) {
      let length = Int.random(in: 0...40, using: &generator)
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = try? CommandGrammar.CommandLine(parsing: bytes).description
    }
  }
}
