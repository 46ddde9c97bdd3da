/// `s` and `y`: the GNU sed manual, "The s Command" and "Less frequently-used commands".
extension SedParser {
  mutating func substitution(_ place: Int) throws(ProgramRefusal) -> SedSubstitution {
    try checkDelimiter()
    guard let delimiter = take() else { throw refusal("`s` without an expression", at: place) }
    let pattern = try pattern(delimiter, "`s` command", from: place)
    let replacement = try replacement(delimiter, from: place)
    guard SedPrinter.delimiter(for: pattern, replacement) != nil else { throw noDelimiterLeft(place) }
    let flags = try flags()
    if pattern.isEmpty, flags.ignoreCase || flags.multipleLines {
      throw refusal("an empty expression, which repeats the last one, takes no flags `I` and `M`", at: place)
    }
    return SedSubstitution(pattern: pattern, replacement: replacement, flags: flags)
  }

  func noDelimiterLeft(_ place: Int) -> ProgramRefusal {
    refusal(
      "the expression has every character that could delimit it", at: place,
      hint: "leave out one of \(String(decoding: SedPrinter.delimiters, as: UTF8.self)), `.` stands for any")
  }

  private mutating func flags() throws(ProgramRefusal) -> SedSubstitutionFlags {
    var flags = SedSubstitutionFlags()
    while true {
      skipBlanks()
      let place = position
      guard let byte = current, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "#") else { return flags }
      if Self.isDigit(byte) {
        guard flags.number == nil else { throw refusal("`s` has two numbers", at: place) }
        flags.number = try number()
        guard flags.number != 0 else { throw refusal("matches count from 1", at: place) }
        continue
      }
      position += 1
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: ";"): return flags
      case UInt8(ascii: "g"):
        guard !flags.global else { throw refusal("the flag `g` stands twice", at: place) }
        flags.global = true
      case UInt8(ascii: "p"):
        guard !flags.print else { throw refusal("the flag `p` stands twice", at: place) }
        flags.print = true
      case UInt8(ascii: "i"), UInt8(ascii: "I"): flags.ignoreCase = true
      case UInt8(ascii: "m"), UInt8(ascii: "M"): flags.multipleLines = true
      case UInt8(ascii: "w"):
        throw refusal(
          "the flag `w` writes a file", at: place, hint: "results go to standard output only: `p` prints")
      case UInt8(ascii: "e"):
        throw refusal(
          "the flag `e` runs a command", at: place, hint: "leave it out: `s` prints what would be run")
      default:
        throw refusal(
          "`s` has no flag `\(character(byte))`", at: place, hint: "one of g p i I m M, or a number")
      }
    }
  }

  mutating func transliteration(_ place: Int) throws(ProgramRefusal) -> SedAction {
    try checkDelimiter()
    guard let delimiter = take() else { throw refusal("`y` without characters", at: place) }
    let from = try characters(delimiter, from: place)
    let to = try characters(delimiter, from: place)
    guard from.count == to.count else {
      throw refusal(
        "the two halves of `y` differ in length", at: place, hint: "each character needs its replacement")
    }
    try endOfCommand()
    return .transliterate(from: from, to: to)
  }

  /// One half of `y`, its escapes undone.
  private mutating func characters(_ delimiter: UInt8, from place: Int) throws(ProgramRefusal) -> [UInt8] {
    var characters: [UInt8] = []
    while let byte = take() {
      if byte == delimiter { return characters }
      guard byte != UInt8(ascii: "\n"), byte < 0x80 else {
        throw refusal(
          "`y` takes ASCII characters, a line break as `\\n`", at: position - 1,
          hint: "for others use `s///g`")
      }
      characters.append(byte == UInt8(ascii: "\\") ? try escapedCharacter(delimiter) : byte)
    }
    throw refusal("the `y` command does not end", at: place, hint: "it needs three delimiters: `y/abc/xyz/`")
  }

  private mutating func escapedCharacter(_ delimiter: UInt8) throws(ProgramRefusal) -> UInt8 {
    guard let escaped = take() else { throw loneBackslash() }
    switch escaped {
    case delimiter, UInt8(ascii: "\\"): return escaped
    case UInt8(ascii: "n"), UInt8(ascii: "\n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "r"): return 0x0d
    default:
      throw refusal(
        "`y` does not know `\\\(character(escaped))`", at: position - 2,
        hint: "a backslash stands before the delimiter, another backslash, `n`, `t` or `r`")
    }
  }
}
