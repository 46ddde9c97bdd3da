/// `unit`: a systemd unit name or glob (systemd.unit(5)).
enum UnitType {
  private static let bytes = ByteSet.digits.union(.letters).union(ByteSet(":_.\\@*?-"))

  static func mismatch(_ value: String) -> TypeMismatch? {
    guard (1...256).contains(value.utf8.count), bytes.holdsAll(of: value.utf8) else {
      return TypeMismatch("\(shown(value)) is not a unit name", hint: "letters, digits and : _ . \\ @ * ? -")
    }
    return nil
  }
}

/// `time`: a point in time for journalctl (systemd.time(7)) or date. Only its bytes are checked.
enum TimeType {
  private static let bytes = ByteSet.digits.union(.letters).union(ByteSet(" :+.,@-"))

  static func mismatch(_ value: String) -> TypeMismatch? {
    guard (1...64).contains(value.utf8.count), bytes.holdsAll(of: value.utf8) else {
      return TypeMismatch(
        "\(shown(value)) is not a time", hint: "such as yesterday, '2 hours ago' or '2026-01-01 10:00'")
    }
    return nil
  }
}

/// `one of [a, b]`: one of the listed words, exactly.
enum ChoiceType {
  static func mismatch(_ value: String, words: [String]) -> TypeMismatch? {
    if words.contains(value) { return nil }
    let near = nearest(to: value, among: words).first.map { "did you mean \($0)? " } ?? ""
    return TypeMismatch(
      "\(shown(value)) is not one of the words allowed here",
      hint: near + "one of " + words.prefix(40).joined(separator: ", "))
  }
}

/// `pattern`: any word, such as a regular expression for grep or a glob for `find -name`.
enum PatternType {
  static func mismatch(_ value: String) -> TypeMismatch? {
    if value.utf8.count > 1_024 { return TypeMismatch("the pattern is longer than 1024 bytes") }
    if value.utf8.contains(0) { return TypeMismatch("a pattern cannot hold a NUL byte") }
    return nil
  }
}

/// `word /…/`: a word that an anchored expression matches.
enum WordType {
  static func mismatch(_ value: String, expression: AnchoredExpression) -> TypeMismatch? {
    expression.matches(value)
      ? nil : TypeMismatch("\(shown(value)) does not match /\(expression.source)/")
  }
}

/// `user`, `group`: an account name (useradd(8), and dots and capitals as directory services have them) or its number.
enum AccountType {
  private static let bytes = ByteSet.word.union(ByteSet("-."))

  static func mismatch(_ value: String, kind: String) -> TypeMismatch? {
    let name = value.utf8.last == UInt8(ascii: "$") ? value.utf8.dropLast() : value.utf8[...]
    guard (1...32).contains(value.utf8.count), let first = name.first, ByteSet.word.contains(first),
      bytes.holdsAll(of: name)
    else { return TypeMismatch("\(shown(value)) is not a \(kind) name or number") }
    return nil
  }
}
