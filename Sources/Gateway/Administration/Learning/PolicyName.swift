internal import Policy

/// Names that a policy file can have: what stands in a line may be anything.
enum PolicyName {
  private static let bytes = ByteSet.word.union(ByteSet("-.+"))

  /// A command, or a verb.
  static func isCommand(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.utf8.first.map(ByteSet.word.contains) == true
      && bytes.holdsAll(of: name.utf8)
  }

  /// `-x`, `--name`, or a predicate such as `-newer`.
  static func isOption(_ name: String) -> Bool {
    if name == OptionRule.numeric { return true }
    let rest = name.utf8.drop { $0 == UInt8(ascii: "-") }
    return (1...2).contains(name.utf8.count - rest.count) && (1...64).contains(rest.count)
      && rest.first.map(ByteSet.word.contains) == true && bytes.holdsAll(of: rest)
  }
}
