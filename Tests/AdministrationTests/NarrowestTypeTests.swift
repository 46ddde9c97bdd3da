import CommandGrammar
import Policy
import TestSupport
import Testing

@testable import Administration

@Suite("The narrowest type")
struct NarrowestTypeTests {
  @Test(arguments: [
    (["5"], "count 5..5"), (["5", "-3", "80"], "count -3..80"), (["10s", "5m"], "duration"),
    (["10k", "1GiB"], "size"),
    (["192.0.2.1", "::1"], "address"), (["10.0.0.0/8"], "address"), (["nginx.service", "a.timer"], "unit"),
    (["b", "a"], "one of [a, b]"),
    (["/etc/x"], "path"), (["a/b"], "path"), (["x.log"], "path"), (["."], "path"), (["a b"], "word /a b/"),
    (["a=b"], "word /a=b/"),
  ])
  func takesTheValuesAndFewOthers(_ values: [String], _ type: String) {
    #expect(NarrowestType.type(of: values)?.description == type)
  }

  @Test func manyWordsBecomeAnExpressionOfTheirBytes() throws {
    let type = try #require(NarrowestType.type(of: (0..<40).map { "w\($0),x" }))
    #expect(type.description == "word /[a-z0-9,]{1,10}/")
  }

  @Test(arguments: [
    (ArgumentType.count(0...10), ["99"], "count 0..99"), (.count(0...10), ["-1"], "count -1..10"),
    (.choice(["a", "b"]), ["c"], "one of [a, b, c]"), (.directory, ["-"], "path"),
  ])
  func wideningKeepsWhatWasTaken(_ type: ArgumentType, _ values: [String], _ expected: String) {
    #expect(NarrowestType.widenings(of: type, by: values).first?.description == expected)
  }

  @Test func anExpressionIsWidenedByAnAlternative() throws {
    let expression = try AnchoredExpression("[a-z]+")
    let type = try #require(NarrowestType.widenings(of: .word(expression), by: ["X.1", "(a|b)*"]).first)
    for value in ["abc", "X.1", "(a|b)*"] { #expect(type.accepts(value) == nil) }
    for value in ["X_1", "ab1", "a|b", "(a|b)"] { #expect(type.accepts(value) != nil) }
  }

  @Test func everyTypeFoundTakesAllItsValues() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<3_000 {
      let values = (0..<Int.random(in: 1...15, using: &generator)).map { _ in
        String(
          decoding: (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            UInt8.random(in: 0x20...0x7E, using: &generator)
          },
          as: UTF8.self)
      }
      guard let type = NarrowestType.type(of: values) else { continue }
      for value in values { #expect(type.accepts(value) == nil, "\(type) does not take \(value)") }
      // What is proposed is what a policy file would say.
      #expect(throws: Never.self) { try OptionRule(names: ["-x"], parsing: type.description) }
    }
  }
}

@Suite("What is never proposed")
struct NeverProposedTests {
  @Test(arguments: [
    "bash", "python3", "python3.11", "perl5.36", "gcc-12", "mkfs.ext4", "vim.basic", "BASH", "xargs", "sudo",
    "nc", "tee",
  ])
  func commandsThatRunOrWriteAreKnownByAnyOfTheirNames(_ name: String) {
    #expect(NeverProposed.reason(forCommand: name) != nil)
  }

  @Test(arguments: ["lsusb", "getconf", "nproc", "lspci", "iostat", "sensors"])
  func ordinaryToolsAreNot(_ name: String) { #expect(NeverProposed.reason(forCommand: name) == nil) }

  @Test(arguments: [
    "--exec", "-exec", "--output", "--output-file", "--delete", "-execdir", "--in-place", "--files0-from",
    "--rotate", "--vacuum-size",
  ])
  func optionsThatSayWhatTheyDoAreJudgedByTheirNames(_ name: String) {
    #expect(NeverProposed.reason(forOption: name, of: "any") != nil)
  }

  @Test func shortOptionsOfWellKnownToolsAreKnown() {
    #expect(NeverProposed.reason(forOption: "-o", of: "sort") != nil)
    #expect(NeverProposed.reason(forOption: "-o", of: "ps") == nil)
    #expect(NeverProposed.reason(forOption: "--utc", of: "journalctl") == nil)
  }
}
