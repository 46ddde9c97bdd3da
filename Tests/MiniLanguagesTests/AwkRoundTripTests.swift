import Glibc
import Kernel
import TestSupport
import Testing

@testable import MiniLanguages

@Suite struct AwkRoundTripTests {
  @Test(arguments: 0..<4 as Range<UInt64>)
  func whatIsPrintedFromATreeIsReadAsThatTree(_ seed: UInt64) throws {
    var random = AwkRandomPrograms(seed: seed)
    var read = 0
    for _ in 0..<500 {
      let program = random.program()
      let text = program.description
      guard text.utf8.count <= AwkParser.maximumLength else { continue }
      read += 1
      let again = try AwkProgram(parsing: text)
      #expect(again == program, "\(text) as \(again)")
    }
    #expect(read > 400)
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func noTextEndsTheParserAndWhatItAcceptsItAcceptsAgain(_ seed: UInt64) throws {
    var random = AwkRandomPrograms(seed: seed)
    var accepted = 0
    for round in 0..<fuzzCount(2_000) {
      let text: String
      switch round % 4 {
      case 0: text = random.jumbled()
      case 1: text = random.disguised()
      case 2: text = random.mutated()
      default:
        let bytes = (0..<random.int(0...80)).map { _ in UInt8(random.int(0...255)) }
        text = String(decoding: bytes, as: UTF8.self)
      }
      do {
        let program = try AwkProgram(parsing: text)
        accepted += 1
        #expect(try AwkProgram(parsing: program.description) == program, "\(text.debugDescription)")
      } catch {
        #expect(
          (0...text.utf8.count).contains(error.offset) && !error.reason.isEmpty, "\(text.debugDescription)")
      }
    }
    #expect(accepted > 100)
  }

  @Test(arguments: [
    "(", "-", "!", "$", "++", "x^", "x=", "x?", "a[", "f(", "{", "if(1)", "while(1)", "x?y:", "x||", "x+",
    "{if(1)x;else ", "length(", "(-",
  ])
  func nestingEndsInARefusal(_ unit: String) {
    for count in [60, 300, 2_980 / unit.utf8.count] {
      let text = String(repeating: unit, count: count)
      for program in [text, "{\(text)", "{\(text)1}", "BEGIN{print \(text)1"] {
        #expect(throws: ProgramRefusal.self) { try AwkProgram(parsing: program) }
      }
    }
  }

  @Test(arguments: ["-", "!", "$", "a[", "x=", "length(", "x^", "1+("])
  func whatIsNestedAsDeepAsItMayIsReadAgain(_ unit: String) throws {
    let closing = ["(": ")", "a[": "]", "length(": ")", "1+(": ")"][unit] ?? ""
    var deepest = 0
    for count in 1...100 {
      let text =
        "{x=\(String(repeating: unit + (unit == "-" ? " " : ""), count: count))1\(String(repeating: closing, count: count))}"
      guard let program = try? AwkProgram(parsing: text) else { break }
      deepest = count
      #expect(try AwkProgram(parsing: program.description) == program)
    }
    #expect((15..<100).contains(deepest), "\(deepest)")
  }

  /// Threads that judge have small stacks, and one that overflows ends the broker. An unoptimised parser needs more than
  /// the one that ships.
  @Test func theDeepestProgramFitsASmallStack() throws {
    let units = ["(", "a[", "length(", "$(", "x=(", "-(", "!x^(", "a?b:", "a||b&&c~d<e f+g*(", "if(1)", "{"]
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = ends.takeSecond()
    let number = writer.number
    try WorkerThread.start(stackSize: 1 << 20) {
      for unit in units {
        for start in ["{", "{print "] {
          _ = try? AwkProgram(parsing: start + String(repeating: unit, count: 120))
        }
      }
      _ = unsafe write(number, "x", 1)
    }
    #expect(try reader.read(upTo: 1).count == 1)
  }

  @Test func aProgramHasAtMost3000Bytes() throws {
    let text = "{ x = \"" + String(repeating: "a", count: 2_989) + "\"; }"
    #expect(text.utf8.count == 3_000)
    #expect(throws: Never.self) { try AwkProgram(parsing: text) }
    let refusal = #expect(throws: ProgramRefusal.self) { try AwkProgram(parsing: text + " ") }
    #expect(refusal?.reason == "the program is longer than 3000 bytes")
    let grown = #expect(throws: ProgramRefusal.self) {
      try AwkProgram(parsing: String(repeating: "1;", count: 900))
    }
    #expect(grown?.reason == "the program is longer than 3000 bytes with its parentheses written out")
  }
}
