/// Cuts a program into words and signs (awk(1p), Lexical Conventions). A regular expression is read when the parser
/// says that one may stand there, so that a slash is never guessed at.
struct AwkLexer: Sendable {
  let bytes: [UInt8]
  var position = 0

  mutating func next() throws(AwkFailure) -> AwkToken {
    try skipBlanks()
    let start = position
    guard position < bytes.count else { return AwkToken(kind: .end, offset: start, end: start) }
    let kind: AwkToken.Kind
    switch bytes[position] {
    case UInt8(ascii: "\n"):
      position += 1
      kind = .newline
    case UInt8(ascii: "\""):
      kind = .string(try string())
    case let byte where Self.isDigit(byte) || byte == UInt8(ascii: ".") && isDigit(at: position + 1):
      kind = .number(try number())
    case let byte where Self.isLetter(byte):
      kind = try word()
    default:
      kind = .symbol(try symbol())
    }
    return AwkToken(kind: kind, offset: start, end: position)
  }

  /// Reads the regular expression whose opening slash stands at `offset`.
  mutating func regularExpression(at offset: Int) throws(AwkFailure) -> [UInt8] {
    position = offset + 1
    return try AwkRegularExpression.read(bytes, &position)
  }

  private mutating func skipBlanks() throws(AwkFailure) {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "#"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "\\"):
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") else {
          throw AwkFailure(
            offset: position, reason: "a backslash stands outside of strings",
            hint: "inside single quotes the shell leaves `\"` and `$` alone: drop the backslash")
        }
        position += 2
      default: return
      }
    }
  }

  private mutating func string() throws(AwkFailure) -> [UInt8] {
    let start = position
    var text: [UInt8] = []
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        let offset = position - 1
        guard let escape = AwkEscapes.read(bytes, &position) else {
          throw AwkFailure(
            offset: offset, reason: "a backslash in a string begins nothing",
            hint: "write `\\\\` for a backslash")
        }
        text += escape
      default: text.append(byte)
      }
    }
    throw AwkFailure(offset: start, reason: "the string is not closed", hint: "end it with `\"`")
  }

  /// A decimal constant, without zeros that gawk would take for a sign of base eight.
  private mutating func number() throws(AwkFailure) -> String {
    let start = position
    let whole = digits()
    var fraction = ""
    var exponent = ""
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      fraction = digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      let mark = position
      position += 1
      var sign = ""
      if position < bytes.count, "+-".utf8.contains(bytes[position]) {
        sign = bytes[position] == UInt8(ascii: "-") ? "-" : ""
        position += 1
      }
      let power = digits()
      if power.isEmpty { position = mark } else { exponent = "e" + sign + power }
    } else if whole == "0", position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "x") {
      throw AwkFailure(
        offset: start, reason: "awks disagree about hexadecimal constants",
        hint: "write the number in decimal")
    }
    let significant = whole.drop { $0 == "0" }
    return (significant.isEmpty ? "0" : String(significant)) + (fraction.isEmpty ? "" : "." + fraction)
      + exponent
  }

  private mutating func digits() -> String {
    let start = position
    while isDigit(at: position) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func word() throws(AwkFailure) -> AwkToken.Kind {
    let start = position
    while position < bytes.count, Self.isLetter(bytes[position]) || Self.isDigit(bytes[position]) {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let against = AwkRestrictions.reason(against: text) {
      throw AwkFailure(offset: start, reason: against.reason, hint: against.hint)
    }
    if let keyword = AwkKeyword(rawValue: text) { return .keyword(keyword) }
    if let function = AwkFunction(rawValue: text) { return .function(function) }
    return position < bytes.count && bytes[position] == UInt8(ascii: "(") ? .callee(text) : .name(text)
  }

  private mutating func symbol() throws(AwkFailure) -> AwkSymbol {
    let rest = bytes[position...]
    for (spelling, symbol) in AwkSymbol.spellings where rest.starts(with: spelling) {
      position += spelling.count
      return symbol
    }
    switch bytes[position] {
    case UInt8(ascii: "@"):
      throw AwkFailure(
        offset: position, reason: "`@` loads code or calls a function by a name made at run time",
        hint: "write the function into the program and call it by its name")
    case UInt8(ascii: "&"):
      throw AwkFailure(offset: position, reason: "`&` is no operator", hint: "write `&&`")
    case UInt8(ascii: "'"):
      throw AwkFailure(
        offset: position, reason: "`'` quotes nothing in awk", hint: "write strings in `\"`")
    case 0..<32, 127:
      throw AwkFailure(offset: position, reason: "a control character stands outside of strings")
    case 128...:
      throw AwkFailure(
        offset: position, reason: "a character that is not ASCII stands outside of strings",
        hint: "look for typographic quotation marks and dashes")
    default: throw AwkFailure(offset: position, reason: "a character stands here that awk does not know")
    }
  }

  private func isDigit(at index: Int) -> Bool { index < bytes.count && Self.isDigit(bytes[index]) }

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// What a name may begin with.
  static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }
}
