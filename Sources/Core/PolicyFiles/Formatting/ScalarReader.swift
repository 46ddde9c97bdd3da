// Scalars of all styles, in the words of the file. YAML 1.1, chapter 9

extension SyntaxReader {
  /// The end of the key that begins at the current place, and the place of its `:`; nil when no key begins here.
  func implicitKey() throws(FormattingRefusal) -> (end: Int, colon: Int)? {
    let line = current
    var index = column
    switch peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      guard let end = closingQuote(from: column) else { return nil }
      index = end + 1
      let endOfKey = index
      while index < line.count, Self.isBlank(line[index]) { index += 1 }
      return index < line.count && line[index] == UInt8(ascii: ":") ? (endOfKey, index) : nil
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "#"):
      return nil
    case UInt8(ascii: "?") where Self.isBlankOrEnd(peek(1)):
      throw refusal("keys that begin with `? ` are not known to the formatter")
    default: break
    }
    while index < line.count {
      if line[index] == UInt8(ascii: ":"), index + 1 == line.count || Self.isBlank(line[index + 1]) {
        var end = index
        while end > column, Self.isBlank(line[end - 1]) { end -= 1 }
        return (end, index)
      }
      if line[index] == UInt8(ascii: "#"), index > column, Self.isBlank(line[index - 1]) { return nil }
      index += 1
    }
    return nil
  }

  static func isBlankOrEnd(_ byte: UInt8?) -> Bool { byte == nil || isBlank(byte) }

  /// Where the quote that opens at `start` closes on this line.
  private func closingQuote(from start: Int) -> Int? {
    let line = current
    let quote = line[start]
    var index = start + 1
    while index < line.count {
      if line[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        index += 2
      } else if line[index] != quote {
        index += 1
      } else if quote == UInt8(ascii: "'"), index + 1 < line.count, line[index + 1] == quote {
        index += 2
      } else {
        return index
      }
    }
    return nil
  }

  /// A quoted scalar, over as many lines as it takes. The place is behind its closing quote then.
  mutating func quotedScalar() throws(FormattingRefusal) -> WrittenScalar {
    let began = line
    let quote = peek()
    var lines: [String] = []
    var start = column
    column += 1
    while !isAtEnd {
      while let byte = peek() {
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
          column += 2
        } else if byte != quote {
          column += 1
        } else if quote == UInt8(ascii: "'"), peek(1) == quote {
          column += 2
        } else {
          column += 1
          return WrittenScalar(lines: lines + [text(start..<column)])
        }
      }
      lines.append(text(start..<current.count))
      nextLine()
      skipBlanks()
      start = column
    }
    throw FormattingRefusal(line: began + 1, message: "a quote is not closed")
  }

  /// A plain scalar that may go on on lines further in than `parent`. The place is behind its last word then.
  mutating func plainScalar(inside parent: Int) -> WrittenScalar {
    var lines = [plainLine()]
    while Self.isBlankOrEnd(peek()), restIsBlank {
      // Blank lines belong to it only when it goes on behind them.
      var next = line + 1
      while next < self.lines.count, indentation(of: next) == nil { next += 1 }
      guard next < self.lines.count, let indent = indentation(of: next), indent > parent,
        self.lines[next][indent] != UInt8(ascii: "#")
      else { break }
      lines += Array(repeating: "", count: next - line - 1)
      line = next
      column = indent
      skipBlanks()
      lines.append(plainLine())
    }
    return WrittenScalar(lines: lines)
  }

  private var restIsBlank: Bool { current[min(column, current.count)...].allSatisfy { Self.isBlank($0) } }

  /// The words up to the end of the line or a comment.
  private mutating func plainLine() -> String {
    let line = current
    let start = column
    var end = column
    while end < line.count {
      if line[end] == UInt8(ascii: "#"), end > start, Self.isBlank(line[end - 1]) { break }
      end += 1
    }
    while end > start, Self.isBlank(line[end - 1]) { end -= 1 }
    column = end
    return text(start..<end)
  }

  /// `|` or `>` with the lines below it; `parent` is the indentation of what holds it.
  mutating func literalScalar(
    inside parent: Int
  ) throws(FormattingRefusal) -> (scalar: WrittenScalar, comment: Comment?) {
    var header = ""
    var explicit: Int?
    while let byte = peek(), !Self.isBlank(byte) {
      if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) {
        explicit = Int(byte - UInt8(ascii: "0"))
        guard explicit == 2 else {
          throw refusal("an indentation of the text by another number than 2 is not known to the formatter")
        }
      }
      header += text(column..<column + 1)
      column += 1
    }
    let comment = try restOfLine()
    var rows: [[UInt8]] = []
    var indent = explicit.map { max(parent, 0) + $0 }
    while !isAtEnd {
      if let own = indentation(of: line) {
        if indent == nil, own > parent { indent = own }
        guard let indent, own >= indent else { break }
        rows.append(Array(current.dropFirst(indent)))
      } else {
        rows.append(Array(current.dropFirst(indent ?? current.count)))
      }
      nextLine()
    }
    // Unless `+` keeps them, empty lines at the end are no part of the text; spaces further in are.
    if !header.contains("+") {
      while let last = rows.last, last.isEmpty {
        rows.removeLast()
        line -= 1
      }
    }
    column = 0
    return (
      WrittenScalar(form: .literal, lines: [header] + rows.map { String(decoding: $0, as: UTF8.self) }),
      comment
    )
  }
}
