import TestSupport
import Testing

@testable import MiniLanguages

/// What is printed is what was read, whatever the script; and no bytes bring the parser down.
@Suite struct SedRoundTripTests {
  @Test func whatATreePrintsIsReadAsThatTree() throws {
    var random = SedRandomScripts(seed: 1)
    for _ in 0..<fuzzCount(2_000) {
      let script = random.script()
      #expect(try SedScript(parsing: script.description) == script, "\(script)")
    }
  }

  @Test func anyTextIsReadOrRefusedAndNeverReadInTwoWays() {
    var random = SedRandomScripts(seed: 2)
    var accepted = 0
    let count = fuzzCount(4_000)
    for _ in 0..<count {
      var bytes = Array(random.script().description.utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random.generator) { Self.mutate(&bytes, &random) }
      Self.read(bytes, &accepted)
    }
    // A parser that refused everything would prove nothing.
    #expect(accepted > count / 5)
  }

  @Test func randomBytesNeverCrashTheParser() {
    var generator = SeededGenerator(seed: 3)
    let alphabet = Array("pdsy/\\{};,!~+0123456789$#\n \t[]:=ab*.&wreIMg".utf8)
    var accepted = 0
    let count = fuzzCount(4_000)
    for round in 0..<count {
      let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
        round.isMultiple(of: 2)
          ? UInt8.random(in: 0...255, using: &generator)
          : alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      Self.read(bytes, &accepted)
    }
    #expect(accepted > count / 400)
  }

  /// Reads a text. That what it prints is read the same again is a part of reading; only limits may prevent it.
  private static func read(_ bytes: [UInt8], _ accepted: inout Int) {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let script = try SedScript(parsing: text)
      accepted += 1
      #expect((try? SedScript(parsing: script.description)) == script, "\(text.debugDescription)")
    } catch {
      #expect(error.reason != "this script cannot be written unambiguously", "\(text.debugDescription)")
    }
  }

  static func mutate(_ bytes: inout [UInt8], _ random: inout SedRandomScripts) {
    let place = Int.random(in: 0...bytes.count, using: &random.generator)
    let inserted = random.pick(Array("/\\;}{!ws,[]\n#e pr&:".utf8))
    switch Int.random(in: 0...2, using: &random.generator) {
    case 0: bytes.insert(inserted, at: place)
    case 1 where place < bytes.count: bytes.remove(at: place)
    default: if place < bytes.count { bytes[place] = inserted }
    }
  }
}
