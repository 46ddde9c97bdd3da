import Testing

@testable import Session

@Suite("Keyhole's own words")
struct WordsTests {
  @Test func causesHaveThePrefixAndHintsStandOnTheirOwn() {
    #expect(Words.shown(["no", "hint: try"]) == "keyhole: no\nhint: try\n")
    #expect(Words.shown([]) == "")
  }

  @Test func everyCauseHasAHint() {
    for words in [
      Words.unreachable, Words.ended, Words.unusableKey, Words.notWhole, Words.stops, Words.tooManyCalls(3),
    ] {
      #expect(words.count == 2)
      #expect(words[0].first?.isLowercase == true || words[0].first?.isNumber == true)
      #expect(words[1].hasPrefix("hint: "))
    }
  }
}
