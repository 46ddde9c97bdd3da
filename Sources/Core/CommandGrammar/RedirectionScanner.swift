extension Scanner {
  /// Whether a redirection begins at the position; descriptor digits and `&>` included.
  var isAtRedirection: Bool {
    guard var index = current.map({ _ in position }) else { return false }
    if bytes[index] == UInt8(ascii: "&") { return peek(1) == UInt8(ascii: ">") }
    while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
    return index < bytes.count && (bytes[index] == UInt8(ascii: "<") || bytes[index] == UInt8(ascii: ">"))
  }

  /// Reads one of the five redirections; `isAtRedirection` holds.
  mutating func scanRedirection() throws(SyntaxError) -> Redirection {
    let start = position
    let isBoth = current == UInt8(ascii: "&")
    if isBoth { position += 1 }
    let digits = position
    while let byte = current, byte != UInt8(ascii: "<"), byte != UInt8(ascii: ">") { position += 1 }
    let descriptor = bytes[digits..<position]
    let isInput = current == UInt8(ascii: "<")
    position += 1

    if let reason = otherOperator(isInput: isInput) {
      // `2>&1`, and nothing else that begins like it.
      if reason == .duplicateDescriptor, !isInput, !isBoth, descriptor.elementsEqual([UInt8(ascii: "2")]),
        peek(1) == UInt8(ascii: "1"), peek(2).map(Self.endsWord) ?? true
      {
        position += 2
        return .errorToOutput
      }
      throw SyntaxError(reason, at: start)
    }
    let (redirection, reason): (Redirection, SyntaxError.Reason) =
      switch (isInput, descriptor.first, descriptor.count) {
      case (true, nil, _): (.inputFromNull, .inputFile)
      case (false, nil, _): isBoth ? (.bothToNull, .outputFile) : (.outputToNull, .outputFile)
      case (false, UInt8(ascii: "1"), 1): (.outputToNull, .outputFile)
      case (false, UInt8(ascii: "2"), 1): (.errorToNull, .errorFile)
      default: throw SyntaxError(.otherDescriptor, at: start)
      }
    skipBlanks()
    guard let byte = current, !Self.endsWord(byte) else { throw SyntaxError(.missingFile, at: start) }
    guard try scanWord().segments == [.literal("/dev/null")] else { throw SyntaxError(reason, at: start) }
    return redirection
  }

  /// What the byte behind the first `<` or `>` makes of it.
  private func otherOperator(isInput: Bool) -> SyntaxError.Reason? {
    switch current {
    case UInt8(ascii: "("): .processSubstitution
    case UInt8(ascii: "&"): .duplicateDescriptor
    case UInt8(ascii: ">"): isInput ? .readWriteFile : .appendFile
    case UInt8(ascii: "<") where isInput: peek(1) == UInt8(ascii: "<") ? .hereString : .hereDocument
    case UInt8(ascii: "|") where !isInput: .outputFile
    default: nil
    }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"),
      UInt8(ascii: ">"):
      true
    default: false
    }
  }
}
