/// Text between delimiters. A backslash before the delimiter goes, and everything else stays as it is, since the
/// regular expression compiler reads it later: "Characters and bracket expressions" in the GNU sed manual.
extension SedParser {
  /// Refuses delimiters whose own meaning differs between versions of sed.
  func checkDelimiter() throws(ProgramRefusal) {
    guard let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\\"),
      byte != UInt8(ascii: "[")
    else {
      throw refusal("this cannot be a delimiter", hint: "use `/`, `,` or `|`")
    }
    guard (0x21...0x7e).contains(byte) else {
      throw refusal("a delimiter is a printable ASCII character", hint: "use `/`, `,` or `|`")
    }
  }

  /// A regular expression up to its delimiter, which is taken. Newlines come out as `\n`.
  mutating func pattern(_ delimiter: UInt8, _ what: String, from place: Int) throws(ProgramRefusal) -> [UInt8]
  {
    var pattern: [UInt8] = []
    while let byte = take() {
      switch byte {
      case delimiter: return pattern
      case UInt8(ascii: "\n"):
        throw refusal("a line break in an expression", at: position - 1, hint: "write `\\n`")
      case UInt8(ascii: "["):
        let start = position - 1
        try bracketExpression()
        pattern += bytes[start..<position]
      case UInt8(ascii: "\\"): try escape(delimiter, into: &pattern)
      default: pattern.append(byte)
      }
    }
    throw refusal(
      "the \(what) does not end", at: place, hint: "its delimiter `\(character(delimiter))` is missing")
  }

  private mutating func escape(_ delimiter: UInt8, into pattern: inout [UInt8]) throws(ProgramRefusal) {
    guard let escaped = take() else { throw loneBackslash() }
    if escaped == delimiter {
      pattern.append(escaped)
    } else if escaped == UInt8(ascii: "\n") {
      pattern += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
    } else {
      pattern += [UInt8(ascii: "\\"), escaped]
      if escaped == UInt8(ascii: "c") { pattern.append(try controlLetter()) }
    }
  }

  /// From behind `[` to behind its `]`; delimiters within do not count.
  private mutating func bracketExpression() throws(ProgramRefusal) {
    let start = position - 1
    _ = accept("^")
    _ = accept("]")
    while let byte = take() {
      if byte == UInt8(ascii: "]") { return }
      if byte == UInt8(ascii: "\n") {
        throw refusal("a line break within `[ ]`", at: position - 1, hint: "write `\\n`")
      }
      guard byte == UInt8(ascii: "["), let kind = current,
        [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "=")].contains(kind)
      else { continue }
      position += 1
      try bracketClass(kind)
    }
    throw refusal("`[` without `]`", at: start, hint: "a literal bracket is `\\[`")
  }

  /// The rest of `[:alpha:]`, `[.x.]` or `[=x=]`.
  private mutating func bracketClass(_ kind: UInt8) throws(ProgramRefusal) {
    let start = position
    while let byte = take(), byte != UInt8(ascii: "\n") {
      if byte == kind, current == UInt8(ascii: "]"), position > start + 1 {
        position += 1
        return
      }
    }
    throw refusal("`[\(character(kind))` without `\(character(kind))]`", at: start - 2)
  }

  /// A replacement up to its delimiter, which is taken. Newlines come out as `\n`.
  mutating func replacement(_ delimiter: UInt8, from place: Int) throws(ProgramRefusal) -> [UInt8] {
    var replacement: [UInt8] = []
    while let byte = take() {
      if byte == delimiter { return replacement }
      if byte == UInt8(ascii: "\n") {
        throw refusal("a line break in a replacement", at: position - 1, hint: "write `\\n`")
      }
      guard byte == UInt8(ascii: "\\") else {
        replacement.append(byte)
        continue
      }
      guard let escaped = take() else { throw loneBackslash() }
      if escaped == UInt8(ascii: "\n") {
        replacement += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      } else if escaped == delimiter, escaped != UInt8(ascii: "&") {
        replacement.append(escaped)
      } else {
        replacement += [UInt8(ascii: "\\"), escaped]
        if escaped == UInt8(ascii: "c") { replacement.append(try controlLetter()) }
      }
    }
    throw refusal(
      "the `s` command does not end", at: place,
      hint: "it needs three delimiters: `s/expression/replacement/`")
  }

  /// The letter of `\cX`; with other characters versions of sed differ.
  private mutating func controlLetter() throws(ProgramRefusal) -> UInt8 {
    guard let letter = take(), Self.isLetter(letter) else {
      throw refusal("`\\c` takes a letter", at: position, hint: "write the byte as `\\x1b`")
    }
    return letter
  }

  func loneBackslash() -> ProgramRefusal {
    refusal("a backslash ends the script", at: bytes.count - 1, hint: "each `-e` must be complete by itself")
  }
}
