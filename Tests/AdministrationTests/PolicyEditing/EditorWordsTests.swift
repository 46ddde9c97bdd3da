import Testing

@testable import Administration

@Suite struct EditorWordsTests {
  @Test(
    "words are split at blanks, with quotes and backslashes as in a shell, and nothing is expanded",
    arguments: [
      ("vi", ["vi"]), ("  vi  ", ["vi"]), ("code --wait", ["code", "--wait"]), ("vi\t-n", ["vi", "-n"]),
      ("'/opt/my editor' -x", ["/opt/my editor", "-x"]), ("\"a b\"c d", ["a bc", "d"]),
      ("a\\ b c", ["a b", "c"]),
      ("vi ''", ["vi", ""]), ("vi 'a\\b'", ["vi", "a\\b"]), ("vi \"a\\\"b\"", ["vi", "a\"b"]),
      ("vi $HOME `id` ;x |y >z *", ["vi", "$HOME", "`id`", ";x", "|y", ">z", "*"]),
      ("vi ---", ["vi", "---"]),
    ] as [(String, [String])])
  func words(text: String, expected: [String]) throws {
    #expect(try EditorWords.split(text) == expected)
  }

  @Test func theEndOfOptionsIsRefusedHoweverItIsWritten() {
    for text in ["vi --", "vi -- /etc/shadow", "vi '--' x", "vi -\\- x", "vi \"-\"- x"] {
      #expect(throws: EditorWords.Failure.endOfOptions, "\(text)") { try EditorWords.split(text) }
    }
  }

  @Test func whatIsNotClosedIsRefused() {
    for text in ["'vi", "vi \"x", "vi x\\"] {
      #expect(throws: EditorWords.Failure.openQuote, "\(text)") { try EditorWords.split(text) }
    }
  }

  @Test func aTextWithoutAProgramIsRefused() {
    for text in ["", "   ", "'' -x"] {
      #expect(throws: EditorWords.Failure.empty, "\(text)") { try EditorWords.split(text) }
    }
  }
}
