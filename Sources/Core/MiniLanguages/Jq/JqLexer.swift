/// Tokens, one at a time: what a string holds is read by the parser, which knows where interpolations end.
struct JqLexer {
  let bytes: [UInt8]
  /// Where the next token is looked for.
  var position = 0

  /// Longer ones before their beginnings, since the longest match counts.
  private static let symbols: [[UInt8]] = [
    "?//", "//=", "!=", "==", "//", "|=", "+=", "-=", "*=", "/=", "%=", "<=", ">=", "..", ".", "?", "=", ";",
    ",", ":", "|", "+", "-",
    "*", "/", "%", "$", "<", ">", "[", "]", "{", "}", "(", ")",
  ].map { Array($0.utf8) }

  /// The next token and where it begins; the position is behind it then.
  mutating func next() throws(ProgramRefusal) -> (token: JqToken, start: Int) {
    try skipSpace()
    let start = position
    guard let byte = current else { return (.end, start) }
    if byte == UInt8(ascii: "\"") {
      position += 1
      return (.quote, start)
    }
    if Self.isNameStart(byte) { return (try word(), start) }
    if byte == UInt8(ascii: "@") {
      position += 1
      return (.format(name()), start)
    }
    let following = position + 1 < bytes.count ? bytes[position + 1] : 0
    if byte == UInt8(ascii: "."), Self.isNameStart(following) {
      position += 1
      return (.field(name()), start)
    }
    if Self.isDigit(byte) || byte == UInt8(ascii: ".") && Self.isDigit(following) {
      return (try number(), start)
    }
    for symbol in Self.symbols where bytes[position...].starts(with: symbol) {
      position += symbol.count
      return (.symbol(String(decoding: symbol, as: UTF8.self)), start)
    }
    throw ProgramRefusal(
      offset: start, reason: "this character means nothing to jq", hint: "text stands in double quotes")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Spaces, tabs, line breaks and comments.
  private mutating func skipSpace() throws(ProgramRefusal) {
    while let byte = current {
      if byte == UInt8(ascii: "#") {
        while let byte = current, byte != UInt8(ascii: "\n") {
          // Where a comment ends at a carriage return or behind a backslash depends on the version.
          guard byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "\\") else {
            throw ProgramRefusal(
              offset: position, reason: "versions of jq end this comment at different places")
          }
          position += 1
        }
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0a {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func name() -> String {
    let start = position
    while let byte = current, Self.isNameStart(byte) || Self.isDigit(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func word() throws(ProgramRefusal) -> JqToken {
    let start = position
    let word = name()
    if bytes[position...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: ":")]) {
      throw ProgramRefusal(
        offset: start, reason: "`\(word)::` names a module", hint: "define what you need with `def`")
    }
    return JqKeyword(rawValue: word).map(JqToken.keyword) ?? .identifier(word)
  }

  /// Digits, a point, digits, an exponent; at least one digit before the point in what comes out.
  private mutating func number() throws(ProgramRefusal) -> JqToken {
    let start = position
    let whole = digits()
    var text = whole.isEmpty ? "0" : whole
    if current == UInt8(ascii: ".") {
      position += 1
      let fraction = digits()
      if !fraction.isEmpty { text += "." + fraction }
    }
    if let byte = current, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { text += exponent() }
    guard position - start <= 64 else {
      throw ProgramRefusal(offset: start, reason: "a number has at most 64 characters")
    }
    return .number(text)
  }

  private mutating func exponent() -> String {
    let start = position
    position += 1
    var text = "e"
    if let sign = current, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      if sign == UInt8(ascii: "-") { text += "-" }
      position += 1
    }
    let digits = digits()
    guard !digits.isEmpty else {
      position = start
      return ""
    }
    return text + digits
  }

  private mutating func digits() -> String {
    let start = position
    while let byte = current, Self.isDigit(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
