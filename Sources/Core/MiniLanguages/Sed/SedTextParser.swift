/// The text of `a`, `i` and `c`: the GNU sed manual, "Commands requiring a newline".
extension SedParser {
  /// The text as sed will print it, without the newline at its end. It goes on to the end of the line; a backslash
  /// before a line break continues it.
  mutating func text(_ place: Int) throws(ProgramRefusal) -> [UInt8] {
    skipBlanks()
    if accept("\\") {
      try textIntroduction()
    }
    guard current != nil, current != UInt8(ascii: "\n") else {
      throw refusal(
        "`\(character(bytes[place]))` without its text", at: place,
        hint: "write it on the same line, as in `a text`, in the same `-e`")
    }
    var text: [UInt8] = []
    while let byte = take(), byte != UInt8(ascii: "\n") {
      text.append(byte == UInt8(ascii: "\\") ? try escapedTextByte() : byte)
    }
    return text
  }

  /// Behind the backslash of `a\`: a line break, after which the text begins, or the text itself.
  private mutating func textIntroduction() throws(ProgramRefusal) {
    if accept("\n") { return }
    let behind = position
    skipBlanks()
    guard let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\\") || position > behind
    else {
      throw refusal("neither a line break nor a text follows `\\`", hint: "write `a text`, in the same `-e`")
    }
    position = behind
  }

  private mutating func escapedTextByte() throws(ProgramRefusal) -> UInt8 {
    guard let escaped = take() else { throw loneBackslash() }
    if escaped == UInt8(ascii: "t") { return 0x09 }
    guard escaped < 0x80, !Self.isLetter(escaped), !Self.isDigit(escaped) else {
      throw refusal(
        "a text does not know `\\\(character(escaped))`", at: position - 2,
        hint: "a backslash is written `\\\\`")
    }
    return escaped
  }
}
