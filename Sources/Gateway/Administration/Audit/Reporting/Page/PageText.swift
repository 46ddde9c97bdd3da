/// Text of a page. Whatever comes from outside goes through ``escaped(_:)``.
enum PageText {
  /// Text as it stands in an element or in a value in double quotes (HTML, 13.1.2). Characters that are not seen, or that
  /// change how others are shown, are written out: `\x1b`, `\u{202e}`.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy(isHarmless) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _ where isHidden(scalar):
        let digits = String(scalar.value, radix: 16)
        result += scalar.value < 0x100 ? "\\x" + (digits.count == 1 ? "0" : "") + digits : "\\u{\(digits)}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isHarmless(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "<")
      && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if TerminalText.isUnsafe(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      return true
    // Other spaces, and letters that show nothing.
    case .spaceSeparator: return scalar != " "
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// Keyhole's own words, in which a command stands between backquotes.
  static func prose(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
      index % 2 == 0 ? escaped(String(part)) : element("code", String(part))
    }.joined()
  }

  /// An element with text from anywhere in it.
  static func element(_ name: StaticString, _ text: String, class classes: StaticString = "") -> String {
    let attribute = classes.description.isEmpty ? "" : " class=\"\(classes)\""
    return "<\(name)\(attribute)>\(escaped(text))</\(name)>"
  }
}
