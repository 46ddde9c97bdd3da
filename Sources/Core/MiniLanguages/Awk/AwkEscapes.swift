/// Escapes in string constants and in values of assignments: read as awk(1p) says, and written as all awks read them.
///
/// The standard leaves a backslash before other characters undefined: mawk keeps it, the others drop it, gawk with a
/// warning. Here it is kept and written as `\\`, since those who type `split(s, a, "\.")` mean it.
enum AwkEscapes {
  /// Reads one escape, whose backslash stands right before `position`, and moves past it. Nil if there is none.
  static func read(_ bytes: [UInt8], _ position: inout Int) -> [UInt8]? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return nil
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "a"): return [7]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "v"): return [11]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      position -= 1
      return [number(bytes, &position, base: 8, digits: 3)]
    case UInt8(ascii: "x"):
      let start = position
      let value = number(bytes, &position, base: 16, digits: 2)
      return start == position ? nil : [value]
    default: return [UInt8(ascii: "\\"), byte]
    }
  }

  private static func number(_ bytes: [UInt8], _ position: inout Int, base: Int, digits: Int) -> UInt8 {
    var value = 0
    var left = digits
    while left > 0, position < bytes.count,
      let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, digit < base
    {
      value = value * base + digit
      position += 1
      left -= 1
    }
    return UInt8(truncatingIfNeeded: value)
  }

  /// The bytes with the escapes that every awk reads alike: `\\`, `\n`, `\t`, three octal digits, and `\"` if the text
  /// stands in quotation marks. What is not ASCII stays, unless the whole is no UTF-8.
  static func write(_ bytes: [UInt8], quoted: Bool) -> String {
    let isText = String(validating: bytes, as: UTF8.self) != nil
    var text: [UInt8] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): text += [byte, byte]
      case UInt8(ascii: "\""): text += quoted ? [UInt8(ascii: "\\"), byte] : [byte]
      case 9: text += "\\t".utf8
      case 10: text += "\\n".utf8
      case 0..<32, 127: text += octal(byte)
      case 128...: text += isText ? [byte] : octal(byte)
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func octal(_ byte: UInt8) -> [UInt8] {
    [UInt8(ascii: "\\")] + [byte >> 6, (byte >> 3) & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
  }
}
