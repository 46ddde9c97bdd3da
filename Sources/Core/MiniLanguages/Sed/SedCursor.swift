/// Moving through the bytes of a script.
extension SedParser {
  /// The byte at the position, nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The byte, which is then behind the position.
  mutating func take() -> UInt8? {
    guard let byte = current else { return nil }
    position += 1
    return byte
  }

  mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  /// Blanks as sed counts them in the C locale.
  mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
  }

  /// A decimal number of up to nine digits, nil where no digit stands.
  mutating func number() throws(ProgramRefusal) -> Int? {
    let start = position
    var value = 0
    while let byte = current, Self.isDigit(byte) {
      guard position - start < 9 || value == 0 else {
        throw refusal("a number has at most nine digits", at: start)
      }
      value = value * 10 + Int(byte - 0x30)
      position += 1
    }
    return position == start ? nil : value
  }

  func refusal(_ reason: String, at offset: Int? = nil, hint: String = "") -> ProgramRefusal {
    ProgramRefusal(offset: offset ?? position, reason: reason, hint: hint)
  }

  /// A byte for a message.
  func character(_ byte: UInt8) -> String {
    (0x21...0x7e).contains(byte) ? String(Character(Unicode.Scalar(byte))) : "\\x" + hexadecimal(byte)
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}

extension SedParser {
  /// isspace(3) in the C locale.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  static func isLabelByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "-")
  }
}
