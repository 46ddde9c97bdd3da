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
    if name.utf8.starts(with: "--".utf8) || name.utf8.first != UInt8(ascii: "-") {
      return [name + "=" + value]
    }
    return [name + value]
  }

  /// Letters without `-` as one word, and the value of the last one if it has one.
  static func firstWord(_ uses: some Collection<OptionUse>) -> [String] {
    var words = [uses.map(\.name).joined()]
    for use in uses {
      guard let value = use.value else { continue }
      if use.isAttached { words[0] += value } else { words.append(value) }
    }
    return words
  }
}

/// The words after a command's name, told apart.
struct ScannedWords: Equatable {
  var uses: [OptionUse] = []
  var operands: [Word] = []
  /// How many of `uses` stand in a first word of letters without `-`; nil when there is no such word.
  var lettersOfFirstWord: Int?
}
