/// Text that cannot tell a terminal to do anything, whoever wrote it.
enum TerminalText {
  /// `text` with U+FFFD for control characters other than newline and tab, and for characters that are not seen or
  /// change the order in which others are shown (Unicode TR 36, 2.10.2).
  static func safe(_ text: String) -> String {
    guard !isPlain(text), text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar) }
    return String(result)
  }

  /// `text` on one line: what is not printable stands as `\x1b` or `\u{202e}`.
  static func oneLine(_ text: String) -> String {
    if isPlain(text) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" || isUnsafe(scalar) {
        let digits = String(scalar.value, radix: 16)
        result += scalar.value < 0x100 ? "\\x" + (digits.count == 1 ? "0" : "") + digits : "\\u{\(digits)}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// How many characters are shown.
  static func columns(_ text: String) -> Int { isPlain(text) ? text.utf8.count : text.count }

  /// Whether all of it is printable ASCII, as nearly everything is.
  static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
    case 0xE0000...0xE007F: true
    default: false
    }
  }
}
