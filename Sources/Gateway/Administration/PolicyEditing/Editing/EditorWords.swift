/// Splits the value of EDITOR into words, as sudoers(5) says that visudo does: at blanks, with quotes and backslashes.
/// There is no shell: nothing is expanded, and no second command can stand there.
enum EditorWords {
  enum Failure: Error, Equatable {
    case openQuote
    /// `--` would let the editor take what follows for files to edit beside the one that is meant (CVE-2023-22809).
    case endOfOptions
    case empty

    var message: String {
      switch self {
      case .openQuote: "a quote is not closed"
      case .endOfOptions: "`--` may not stand there: more files than the one that is meant could be edited"
      case .empty: "it names no program"
      }
    }
  }

  static func split(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character == " " || character == "\t" || character == "\n" {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else { throw .openQuote }
    if let word { words.append(word) }
    guard let program = words.first, !program.isEmpty else { throw .empty }
    if words.contains("--") { throw .endOfOptions }
    return words
  }
}
