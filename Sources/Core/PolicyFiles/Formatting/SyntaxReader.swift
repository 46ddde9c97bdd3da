/// A place in the lines of a file, and what is found there.
///
/// It reads what YAML libraries accept already, so its errors are about forms that it does not know, not about bad YAML.
struct SyntaxReader {
  let lines: [[UInt8]]
  /// Index of the current line; `lines.count` at the end.
  var line = 0
  var column = 0
  private(set) var hasAnchors = false

  init(_ text: [UInt8]) throws(FormattingRefusal) {
    var lines: [[UInt8]] = [[]]
    var index = 0
    let bom: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = text.starts(with: bom) ? text[3...] : text[...]
    index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\r"):
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: "\n") { index += 1 }
        lines.append([])
      case UInt8(ascii: "\n"): lines.append([])
      default: lines[lines.count - 1].append(byte)
      }
    }
    if lines.last == [] { lines.removeLast() }
    for (index, line) in lines.enumerated() where Self.hasOtherBreak(line) {
      throw FormattingRefusal(
        line: index + 1, message: "the line has a line break of another kind in it (U+0085, U+2028 or U+2029)"
      )
    }
    self.lines = lines
  }

  private static func hasOtherBreak(_ line: [UInt8]) -> Bool {
    String(decoding: line, as: UTF8.self).unicodeScalars.contains {
      [0x85, 0x2028, 0x2029].contains($0.value)
    }
  }

  var isAtEnd: Bool { line >= lines.count }

  var current: [UInt8] { line < lines.count ? lines[line] : [] }

  /// The byte `offset` places further on this line; nil past its end.
  func peek(_ offset: Int = 0) -> UInt8? {
    let line = current
    return line.indices.contains(column + offset) ? line[column + offset] : nil
  }

  func peek(is character: Unicode.Scalar) -> Bool { peek() == UInt8(ascii: character) }

  mutating func nextLine() {
    line += 1
    column = 0
  }

  mutating func skipBlanks() { while let byte = peek(), Self.isBlank(byte) { column += 1 } }

  func refusal(_ message: String) -> FormattingRefusal { FormattingRefusal(line: line + 1, message: message) }

  static func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  func text(_ range: Range<Int>) -> String { String(decoding: current[range], as: UTF8.self) }

  /// How many spaces a line begins with; nil for one with nothing but blanks.
  func indentation(of index: Int) -> Int? {
    let line = lines[index]
    guard line.contains(where: { !Self.isBlank($0) }) else { return nil }
    return line.prefix { $0 == UInt8(ascii: " ") }.count
  }

  // MARK: Comments

  /// The comment that ends this line, if one does. Otherwise nothing but blanks may be left.
  mutating func restOfLine() throws(FormattingRefusal) -> Comment? {
    if isAtEnd { return nil }
    let before = column
    skipBlanks()
    guard peek() != nil else {
      nextLine()
      return nil
    }
    guard peek(is: "#"), column > before || before == 0 else {
      throw refusal("this form of YAML is not known to the formatter")
    }
    let comment = comment(gap: column - before)
    nextLine()
    return comment
  }

  /// From the `#` here to the end of the line.
  func comment(gap: Int = 0) -> Comment {
    var end = current.count
    while end > column, Self.isBlank(current[end - 1]) { end -= 1 }
    return Comment(text: text(column..<end), gap: gap)
  }

  /// Blank lines and comments on lines of their own, with their columns, up to the next line with content. The place is
  /// at that line's first character then.
  mutating func trivia() -> [(trivia: Trivia, column: Int, line: Int)] {
    var result: [(trivia: Trivia, column: Int, line: Int)] = []
    while !isAtEnd {
      column = 0
      skipBlanks()
      if peek() == nil {
        result.append((.blank, 0, line))
      } else if peek(is: "#") {
        result.append((.comment(comment()), column, line))
      } else {
        break
      }
      nextLine()
    }
    return result
  }

  // MARK: Anchors and tags

  /// `&anchor` and `!tag` before a value.
  mutating func properties() -> String {
    var words: [String] = []
    while peek(is: "&") || peek(is: "!") {
      if peek(is: "&") { hasAnchors = true }
      let start = column
      while let byte = peek(), !Self.isBlank(byte) { column += 1 }
      words.append(text(start..<column))
      skipBlanks()
    }
    return words.joined(separator: " ")
  }

  mutating func noteAlias() { hasAnchors = true }
}
