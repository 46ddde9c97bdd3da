extension Scanner {
  /// Reads one word; the position is at its first byte, which is no blank and no operator.
  mutating func scanWord() throws(SyntaxError) -> Word {
    let start = position
    if let plain = scanPlainText() { return Word(plain, offset: start) }

    var segments: [Word.Segment] = []
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"),
        UInt8(ascii: ">"):
        return finish(segments, text, start)
      case UInt8(ascii: "'"):
        try scanSingleQuotes(into: &text)
      case UInt8(ascii: "\""):
        try scanDoubleQuotes(into: &text)
      case UInt8(ascii: "\\"):
        guard position + 1 < bytes.count else { throw error(.trailingBackslash) }
        text.append(bytes[position + 1])
        position += 2
      case UInt8(ascii: "*"):
        position += 1
        append(.anyString, &segments, &text)
      case UInt8(ascii: "?"):
        position += 1
        append(.anyCharacter, &segments, &text)
      case UInt8(ascii: "["):
        if let bracket = try scanBracket() {
          append(.bracket(bracket), &segments, &text)
        } else {
          text.append(byte)
          position += 1
        }
      case UInt8(ascii: "$"):
        if let next = peek(1), next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") {
          throw error(.dollarQuote)
        }
        throw expansion(at: position)
      case UInt8(ascii: "`"): throw error(.backquote)
      case UInt8(ascii: "("): throw error(.openParenthesis)
      case UInt8(ascii: ")"): throw error(.closeParenthesis)
      case UInt8(ascii: "{"), UInt8(ascii: "}"): throw error(.brace)
      case UInt8(ascii: "~") where position == start: throw error(.tilde)
      case UInt8(ascii: "#") where position == start: throw error(.comment)
      default:
        text.append(byte)
        position += 1
      }
    }
    return finish(segments, text, start)
  }

  /// The word when it is only letters, digits and harmless marks, as most words are.
  private mutating func scanPlainText() -> String? {
    var end = position
    while end < bytes.count, bytes[end].isPlain { end += 1 }
    if end < bytes.count {
      switch bytes[end] {
      case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"),
        UInt8(ascii: ">"):
        break
      default: return nil
      }
    }
    guard end > position else { return nil }
    defer { position = end }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  /// From the opening quote to behind the closing one (POSIX Shell Command Language, 2.2.2).
  private mutating func scanSingleQuotes(into text: inout [UInt8]) throws(SyntaxError) {
    var end = position + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "'") { end += 1 }
    guard end < bytes.count else { throw error(.unterminatedSingleQuote) }
    text.append(contentsOf: bytes[(position + 1)..<end])
    position = end + 1
  }

  /// From the opening quote to behind the closing one (POSIX Shell Command Language, 2.2.3).
  private mutating func scanDoubleQuotes(into text: inout [UInt8]) throws(SyntaxError) {
    var index = position + 1
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        position = index + 1
        return
      case UInt8(ascii: "$"): throw expansion(at: index)
      case UInt8(ascii: "`"): throw SyntaxError(.backquote, at: index)
      case UInt8(ascii: "\\"):
        guard index + 1 < bytes.count else { throw error(.unterminatedDoubleQuote) }
        switch bytes[index + 1] {
        case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"): break
        default: text.append(byte)
        }
        text.append(bytes[index + 1])
        index += 2
      default:
        text.append(byte)
        index += 1
      }
    }
    throw error(.unterminatedDoubleQuote)
  }

  private func append(_ wildcard: Word.Segment, _ segments: inout [Word.Segment], _ text: inout [UInt8]) {
    if !text.isEmpty {
      segments.append(.literal(String(decoding: text, as: UTF8.self)))
      text.removeAll(keepingCapacity: true)
    }
    segments.append(wildcard)
  }

  private func finish(_ segments: [Word.Segment], _ text: [UInt8], _ start: Int) -> Word {
    var segments = segments
    if !text.isEmpty || segments.isEmpty {
      segments.append(.literal(String(decoding: text, as: UTF8.self)))
    }
    return Word(segments: segments, offset: start)
  }
}

extension UInt8 {
  /// Whether the byte means itself wherever it stands in a word.
  var isPlain: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: ","),
      UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "^"):
      true
    default: false
    }
  }
}
