/// The first look at a line: nothing in it may make a terminal or an audit record show another line
/// than the one that runs.
enum ByteCheck {
  static func check(_ bytes: [UInt8]) throws(SyntaxError) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x20, byte < 0x7F {
        index += 1
        continue
      }
      switch byte {
      case 0x09: index += 1
      case 0x00: throw SyntaxError(.nulByte, at: index)
      case 0x0A: throw SyntaxError(.newline, at: index)
      case 0x0D: throw SyntaxError(.carriageReturn, at: index)
      case 0x00..<0x20, 0x7F: throw SyntaxError(.controlByte, at: index)
      default:
        let (scalar, length) = try decode(bytes, at: index)
        if let reason = refusal(of: scalar) { throw SyntaxError(reason, at: index) }
        index += length
      }
    }
  }

  private static func refusal(of scalar: UInt32) -> SyntaxError.Reason? {
    switch scalar {
    case 0x80...0x9F: .controlByte
    // Soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width characters, direction
    // marks and overrides, line and paragraph separators, invisible operators, interlinear
    // annotation, byte order mark, tags.
    case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      .invisibleCharacter
    // Canonically equivalent to `;`, a backquote and `K` (UAX #15): String comparison takes them
    // for those, a kernel does not.
    case 0x37E, 0x1FEF, 0x212A: .lookalikeCharacter
    default: nil
    }
  }

  /// One scalar of two to four bytes, well-formed as in RFC 3629, section 4.
  private static func decode(_ bytes: [UInt8], at index: Int) throws(SyntaxError) -> (UInt32, Int) {
    let lead = bytes[index]
    let length: Int
    var scalar: UInt32
    let lowest: UInt32
    switch lead {
    case 0xC2...0xDF: (length, scalar, lowest) = (2, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (length, scalar, lowest) = (3, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF4: (length, scalar, lowest) = (4, UInt32(lead & 0x07), 0x10000)
    default: throw SyntaxError(.invalidUTF8, at: index)
    }
    guard index + length <= bytes.count else { throw SyntaxError(.invalidUTF8, at: index) }
    for next in bytes[(index + 1)..<(index + length)] {
      guard next & 0xC0 == 0x80 else { throw SyntaxError(.invalidUTF8, at: index) }
      scalar = scalar << 6 | UInt32(next & 0x3F)
    }
    guard scalar >= lowest, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else {
      throw SyntaxError(.invalidUTF8, at: index)
    }
    return (scalar, length)
  }
}
