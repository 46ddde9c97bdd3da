import Testing

@testable import Administration

@Suite struct TextDifferenceTests {
  private func difference(_ old: String, _ new: String) -> String {
    "\(TextDifference(from: Array(old.utf8), to: Array(new.utf8)))"
  }

  @Test func removedLinesHaveTheirOldNumbersAndAddedOnesTheirNew() {
    #expect(
      difference("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n")
        == "  -2: b\n  +2: B\n  +5: e\n2 lines added, 1 removed\n")
  }

  @Test func equalTextsDifferInNothing() {
    #expect(difference("a\nb\n", "a\nb\n") == "0 lines added, 0 removed\n")
  }

  @Test func aLongDifferenceIsCutAndCounted() {
    let text = difference("", (0..<500).map { "\($0)\n" }.joined())
    #expect(text.contains("… and 300 more lines\n") && text.hasSuffix("500 lines added, 0 removed\n"))
  }

  @Test func textsThatAreTooLongToCompareAreCounted() {
    let text = difference(String(repeating: "a\n", count: 15_000), String(repeating: "b\n", count: 15_000))
    #expect(text.contains("too many lines to compare"))
  }
}
