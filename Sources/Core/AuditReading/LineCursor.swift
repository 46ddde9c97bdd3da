/// A place in a line of a log that is read from left to right. The line is handed to each step, as a span cannot be kept.
struct LineCursor {
  private(set) var position: Int

  init(at position: Int = 0) { self.position = position }

  /// Steps over `token` if it is next.
  mutating func take(_ token: StaticString, in line: Span<UInt8>) -> Bool {
    let count = token.utf8CodeUnitCount
    guard line.count - position >= count else { return false }
    // The token has `count` bytes and lives for ever.
    let wanted = unsafe UnsafeBufferPointer(start: token.utf8Start, count: count)
    // There are so many bytes behind the position.
    for index in 0..<count where unsafe wanted[index] != line[unchecked: position + index] { return false }
    position += count
    return true
  }

  mutating func take(_ token: [UInt8], in line: Span<UInt8>) -> Bool {
    guard line.count - position >= token.count else { return false }
    // There are so many bytes behind the position.
    for index in token.indices where unsafe token[index] != line[unchecked: position + index] { return false }
    position += token.count
    return true
  }

  /// Bytes up to the next space, of printable ASCII, and the space if there is one; nil when there are none.
  mutating func takeWord(in line: Span<UInt8>) -> Range<Int>? {
    let start = position
    var end = start
    while end < line.count, line[end] != UInt8(ascii: " ") {
      guard line[end] > 0x20, line[end] < 0x7F else { return nil }
      end += 1
    }
    guard end > start else { return nil }
    position = min(end + 1, line.count)
    return start..<end
  }

  /// At most 19 digits.
  mutating func takeNumber(in line: Span<UInt8>) -> UInt64? {
    var end = position
    var value: UInt64 = 0
    while end < line.count, (0x30...0x39).contains(line[end]) {
      guard end - position < 19 else { return nil }
      value = value * 10 + UInt64(line[end] - 0x30)
      end += 1
    }
    guard end > position else { return nil }
    position = end
    return value
  }

  /// Exactly `count` digits.
  mutating func takeDigits(_ count: Int, in line: Span<UInt8>) -> UInt64? {
    let start = position
    guard let number = takeNumber(in: line), position - start == count else { return nil }
    return number
  }

  /// The value behind a `=`, up to the next space or `end`, which is stepped over to; nil when it has none of the forms
  /// of docs/audit.md that such a field may have.
  mutating func takeValue(isEncoded: Bool, before end: Int, in line: Span<UInt8>) -> (
    FieldPlace.Form, BytePlace
  )? {
    let start = position
    precondition(end <= line.count)
    let isQuoted = isEncoded && start < end && line[start] == UInt8(ascii: "\"")
    var index = isQuoted ? start + 1 : start
    // The index stays below `end`, which is inside the line.
    while index < end, unsafe Self.isPlain(line[unchecked: index]) { index += 1 }
    if isQuoted {
      guard index < end, line[index] == UInt8(ascii: "\"") else { return nil }
      position = index + 1
      return (.quoted, BytePlace(start + 1, index))
    }
    guard index > start, index == end || line[index] == UInt8(ascii: " ") else { return nil }
    position = index
    if !isEncoded { return (.plain, BytePlace(start, index)) }
    guard Hexadecimal.isWellFormed(line.extracting(start..<index)) else { return nil }
    return (.hexadecimal, BytePlace(start, index))
  }

  /// Printable, and neither quote.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte &- 0x21 < 0x5E && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
  }
}
