import TestSupport
import Testing

@testable import MiniLanguages

/// What is printed is what was read, whatever the filter; and no bytes bring the parser down.
@Suite struct JqRoundTripTests {
  @Test func whatATreePrintsIsReadAsThatTree() throws {
    var random = JqRandomFilters(seed: 1)
    var tried = 0
    while tried < fuzzCount(1_000) {
      let filter = random.filter()
      guard filter.description.utf8.count <= JqFilter.longest else { continue }
      tried += 1
      #expect(try JqFilter(parsing: filter.description) == filter, "\(filter)")
    }
  }

  @Test func anyTextIsReadOrRefusedAndNeverReadInTwoWays() {
    var random = JqRandomFilters(seed: 2)
    var accepted = 0
    let count = fuzzCount(3_000)
    for _ in 0..<count {
      var bytes = Array(random.filter().description.utf8.prefix(400))
      for _ in 0..<Int.random(in: 1...4, using: &random.generator) { Self.mutate(&bytes, &random) }
      Self.read(bytes, &accepted)
    }
    // A parser that refused everything would prove nothing.
    #expect(accepted > count / 20)
  }

  @Test func randomBytesNeverCrashTheParser() {
    var generator = SeededGenerator(seed: 3)
    let words = [
      ".", "..", ".a", "[", "]", "(", ")", "{", "}", "|", ",", "//", "?//", "?", "=", "|=", "+", "-", "*",
      "/", "%", "==", "<", "and", "or", "not", "if",
      "then", "elif", "else", "end", "try", "catch", "reduce", "foreach", "as", "$x", "def", "f", ":", ";",
      "label", "break", "\"", "\\(", "\\u", "@csv", "1", " ", "#", "\n",
      "map", "$__loc__", "é", "env", "$ENV", "\u{0}", "1e", ".5",
    ]
    var accepted = 0
    let turns = fuzzCount(4_000)
    for round in 0..<turns {
      let count = Int.random(in: 0...14, using: &generator)
      let bytes: [UInt8] =
        round.isMultiple(of: 2)
        ? (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        : (0..<count).flatMap { _ in Array(words[Int.random(in: 0..<words.count, using: &generator)].utf8) }
      Self.read(bytes, &accepted)
    }
    #expect(accepted > turns / 400)
  }

  /// Reads a text. That what it prints is read the same again is a part of reading; only limits may prevent it.
  private static func read(_ bytes: [UInt8], _ accepted: inout Int) {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let filter = try JqFilter(parsing: text)
      accepted += 1
      #expect((try? JqFilter(parsing: filter.description)) == filter, "\(text.debugDescription)")
    } catch {
      #expect(error.reason != "this filter cannot be written unambiguously", "\(text.debugDescription)")
    }
  }

  static func mutate(_ bytes: inout [UInt8], _ random: inout JqRandomFilters) {
    let place = Int.random(in: 0...bytes.count, using: &random.generator)
    let inserted = random.pick(Array("()[]{}|,.?/=+-*$#\"\\:; a1@e\n".utf8))
    switch Int.random(in: 0...2, using: &random.generator) {
    case 0: bytes.insert(inserted, at: place)
    case 1 where place < bytes.count: bytes.remove(at: place)
    default: if place < bytes.count { bytes[place] = inserted }
    }
  }
}
