import CommandGrammar
import Testing

@Suite("limits")
struct LimitTests {
  @Test("a line, its stages and its words are allowed up to the limit")
  func atTheLimit() throws {
    #expect(try words(String(repeating: "a", count: 4_000)).count == 1)
    #expect(try parse(Array(repeating: "a", count: 32).joined(separator: "|")).steps[0].stages.count == 32)
    #expect(try parse(Array(repeating: "a", count: 32).joined(separator: ";")).steps.count == 32)
    #expect(try words(Array(repeating: "a", count: 256).joined(separator: " ")).count == 256)
    #expect(try parse(String(repeating: "a ", count: 256) + "2>&1; b").steps.count == 2)
  }

  @Test("10,000 stages are refused")
  func manyStages() {
    #expect(throws: SyntaxError(.tooLong, at: 4_000)) {
      try parse(String(repeating: "a|", count: 10_000) + "a")
    }
  }

  @Test("a line of 1 MB is refused without looking at it")
  func megabyte() {
    let bytes = [UInt8](repeating: UInt8(ascii: "'"), count: 1 << 20)
    let duration = ContinuousClock().measure {
      for _ in 0..<10 {
        #expect(throws: SyntaxError(.tooLong, at: 4_000)) { try CommandGrammar.CommandLine(parsing: bytes) }
      }
    }
    #expect(duration < .seconds(1))
  }

  @Test("a line that would print back longer than the limit is refused")
  func canonicalLength() throws {
    // `"'\\"` is the shortest spelling of a text that prints with more quotes.
    let quotes = String(repeating: "'", count: 1_500)
    #expect(throws: SyntaxError(.tooLong, at: 4_000)) { try parse("a \"\(quotes)\\\\\"") }
    #expect(try words("a \"\(quotes)\"") == ["a", quotes])
  }

  @Test(
    "the worst lines of full length are read or refused fast",
    arguments: [
      "[", "'", "\"", "\\", "*", "?", "[a", "['", "[[:", "$", "{", "'a'", "\"b\"", "\\'", "&", "|", "2>",
      "a ",
    ])
  func worstCases(fragment: String) {
    let text = "a " + String(repeating: fragment, count: 3_998 / fragment.utf8.count)
    let duration = ContinuousClock().measure {
      for _ in 0..<10 { _ = try? parse(text) }
    }
    #expect(duration < .seconds(1))
  }

  @Test("quotes within quotes, a thousand deep, read as what they hold")
  func deepQuoting() throws {
    let piece = "'\"'\"'\"\\\\"
    let text = String(repeating: piece, count: 300)
    #expect(try words("a \(text)") == ["a", String(repeating: "\"'\\", count: 300)])
  }
}
