extension Scanner {
  /// Reads a `[…]` class; the position is at its `[`. Nil, and the position kept, when it is not
  /// closed within the name: then the `[` is literal text.
  ///
  /// In the result a byte that was quoted has a backslash before it, unless it is a letter or a
  /// digit, and so has a `[` that begins no `[:name:]`: glob(7) and this scanner then read the same
  /// class from it.
  mutating func scanBracket() throws(SyntaxError) -> String? {
    guard position >= unclosedBefore else { return nil }
    var text: [UInt8] = []
    var index = position + 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^") {
      text.append(bytes[index])
      index += 1
    }
    let emptyLength = text.count
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "]") where text.count > emptyLength:
        position = index + 1
        return String(decoding: text, as: UTF8.self)
      case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"),
        UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"),
        UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "/"):
        unclosedBefore = index
        return nil
      case UInt8(ascii: "["):
        if let end = endOfClassName(at: index) {
          text.append(contentsOf: bytes[index..<end])
          index = end
        } else {
          Self.appendQuoted(byte, to: &text)
          index += 1
        }
      case UInt8(ascii: "\\"):
        guard index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "/") else {
          unclosedBefore = index
          return nil
        }
        Self.appendQuoted(bytes[index + 1], to: &text)
        index += 2
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        guard let end = endOfQuotes(at: index, into: &text) else {
          unclosedBefore = index
          return nil
        }
        index = end
      case UInt8(ascii: "!") where text.isEmpty, UInt8(ascii: "^") where text.isEmpty:
        // Behind empty quotes it does not negate.
        Self.appendQuoted(byte, to: &text)
        index += 1
      default:
        text.append(byte)
        index += 1
      }
    }
    unclosedBefore = index
    return nil
  }

  /// The index behind `[:name:]`, `[.x.]` or `[=x=]` at `index`.
  private func endOfClassName(at index: Int) -> Int? {
    guard index + 1 < bytes.count else { return nil }
    let mark = bytes[index + 1]
    guard mark == UInt8(ascii: ":") || mark == UInt8(ascii: ".") || mark == UInt8(ascii: "=") else {
      return nil
    }
    // The longest name is "xdigit".
    var end = index + 2
    while end + 1 < bytes.count, end < index + 10 {
      if bytes[end] == mark, bytes[end + 1] == UInt8(ascii: "]") { return end + 2 }
      guard bytes[end].isPlain, bytes[end] != UInt8(ascii: "/") else { return nil }
      end += 1
    }
    return nil
  }

  /// Appends what the quotes at `index` hold and returns the index behind them; nil when they are
  /// not closed, hold a `/`, or what no double quotes may hold.
  private func endOfQuotes(at index: Int, into text: inout [UInt8]) -> Int? {
    let quote = bytes[index]
    var index = index + 1
    while index < bytes.count {
      var byte = bytes[index]
      if byte == quote { return index + 1 }
      if byte == UInt8(ascii: "/") { return nil }
      if quote == UInt8(ascii: "\"") {
        if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") { return nil }
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          switch bytes[index + 1] {
          case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
            index += 1
            byte = bytes[index]
          default: break
          }
        }
      }
      Self.appendQuoted(byte, to: &text)
      index += 1
    }
    return nil
  }

  private static func appendQuoted(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
      break
    default: text.append(UInt8(ascii: "\\"))
    }
    text.append(byte)
  }
}
