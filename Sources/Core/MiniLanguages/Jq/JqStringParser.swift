/// Strings and their interpolations: the jq manual, "String interpolation"; escapes as in RFC 8259 section 7.
extension JqParser {
  /// A string, from its opening quote, which is looked at, to behind its closing one.
  mutating func string(_ format: JqFormat?) throws(ProgramRefusal) -> JqString {
    let opening = start
    var parts: [JqString.Part] = []
    var text: [UInt8] = []
    while let byte = takeByte() {
      switch byte {
      case UInt8(ascii: "\""):
        append(text, to: &parts)
        try advance()
        return JqString(format: format, parts: parts)
      case UInt8(ascii: "\\"):
        let place = bytePosition - 1
        guard let escaped = takeByte() else { throw unterminated(opening) }
        if escaped == UInt8(ascii: "(") {
          append(text, to: &parts)
          text = []
          parts.append(.interpolation(try interpolation()))
        } else {
          text += try decoded(escaped, at: place)
        }
      default: text.append(byte)
      }
    }
    throw unterminated(opening)
  }

  private func unterminated(_ opening: Int) -> ProgramRefusal {
    refusal("the string does not end", at: opening, hint: "its closing `\"` is missing")
  }

  private func append(_ text: [UInt8], to parts: inout [JqString.Part]) {
    if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
  }

  /// From behind `\(` to its `)`, behind which the string goes on.
  private mutating func interpolation() throws(ProgramRefusal) -> JqExpression {
    try advance()
    let expression = try pipe()
    guard token == .symbol(")") else { throw unexpected("`)` is missing at the end of `\\(`") }
    return expression
  }

  private mutating func decoded(_ escaped: UInt8, at place: Int) throws(ProgramRefusal) -> [UInt8] {
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [escaped]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar(at: place)).utf8)
    default:
      throw refusal(
        "a string does not know this escape", at: place,
        hint: "a backslash is written `\\\\`, also in expressions: `\\\\.`")
    }
  }

  /// The scalar of `\uXXXX`, or of two of them that are a surrogate pair. A surrogate alone is refused.
  private mutating func scalar(at place: Int) throws(ProgramRefusal) -> Character {
    var unit = try fourDigits(at: place)
    if (0xd800...0xdbff).contains(unit) {
      guard takeByte() == UInt8(ascii: "\\"), takeByte() == UInt8(ascii: "u") else {
        throw loneSurrogate(place)
      }
      let low = try fourDigits(at: place)
      guard (0xdc00...0xdfff).contains(low) else { throw loneSurrogate(place) }
      unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw loneSurrogate(place) }
    return Character(scalar)
  }

  private func loneSurrogate(_ place: Int) -> ProgramRefusal {
    refusal("this `\\u` is half a character", at: place, hint: "write both halves, or the character itself")
  }

  private mutating func fourDigits(at place: Int) throws(ProgramRefusal) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = takeByte(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw refusal("`\\u` takes four hexadecimal digits", at: place)
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
