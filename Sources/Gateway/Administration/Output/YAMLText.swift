internal import Policy

/// Texts as they stand in a policy file.
enum YAMLText {
  /// `text` as a scalar, in quotes when it needs them (YAML 1.2, 7.3), also inside `[ ]` and `{ }`.
  static func scalar(_ text: String) -> String {
    if isPlain(text) { return text }
    if text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\t" || TerminalText.isUnsafe($0) }) {
      return JSONValue.text(text).description
    }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// As a value in a block mapping, where commas and brackets need no quotes inside a text.
  static func value(_ text: String) -> String {
    guard let first = text.utf8.first, ByteSet.word.contains(first) || first == UInt8(ascii: "/"),
      !reserved.contains(text.lowercased()),
      text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !text.contains(": "), !text.contains(" #"),
      !text.hasSuffix(":"),
      !text.hasSuffix(" ")
    else { return scalar(text) }
    return text
  }

  static func list(_ texts: some Sequence<String>) -> String {
    "[" + texts.map(scalar).joined(separator: ", ") + "]"
  }

  private static let reserved: Set<String> = [
    "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n",
  ]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, !reserved.contains(text.lowercased()) else { return false }
    if first == UInt8(ascii: "-") {
      // An option, as a key or in a list.
      guard let second = text.utf8.dropFirst().first, ByteSet.word.contains(second) || second == first else {
        return false
      }
    } else if !ByteSet.word.contains(first), first != UInt8(ascii: "/") {
      return false
    }
    return ByteSet.word.union(ByteSet(" /.-+=")).holdsAll(of: text.utf8)
      && text.utf8.last != UInt8(ascii: " ")
  }
}
