internal import CommandGrammar

/// An option as it was given.
struct OptionUse: Equatable {
  /// The spelling in the policy file: `-n`, `--lines`, `-NUM`.
  var name: String
  var value: String?
  /// Whether the value was part of the option's word: `-n5`, `--lines=5`.
  var isAttached = false

  /// The words of the canonical argument vector.
  var words: [String] {
    guard let value else { return [name] }
    if name == OptionRule.numeric { return ["-" + value] }
    guard isAttached else { return [name, value] }
    if name.utf8.starts(with: "--".utf8) { return [name + "=" + value] }
    return [name + value]
  }
}

/// The words after a command's name, told apart.
struct ScannedWords: Equatable {
  var uses: [OptionUse] = []
  var operands: [Word] = []
}
