/// What matters for a word besides its own text.
struct MatchContext: Equatable {
  /// Whether the beginning of a listed word stands for the whole.
  var abbreviates = false
  /// What variables stand for.
  var bounds = Bounds()
  /// Whether the line has had a `cd`.
  var hasMoved = false

  /// The first word of `one of` that `text` abbreviates; nil when it is none or abbreviations are not taken.
  func fullWord(for text: String, _ type: ArgumentType) -> String? {
    guard abbreviates, !text.isEmpty, case .choice(let words) = type, !words.contains(text) else {
      return nil
    }
    return words.first { $0.utf8.starts(with: text.utf8) }
  }
}
