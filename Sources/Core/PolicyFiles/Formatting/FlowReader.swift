// Collections in brackets, over as many lines as they take. YAML 1.1, chapter 10

extension SyntaxReader {
  /// The collection whose bracket stands here. The place is behind its closing bracket then.
  mutating func flowCollection() throws(FormattingRefusal) -> FlowCollection {
    let kind: Block.Kind = peek(is: "[") ? .sequence : .mapping
    let closing = UInt8(ascii: kind == .sequence ? "]" : "}")
    var collection = FlowCollection(kind: kind)
    column += 1
    var comments = try flowComments()
    while peek() != closing {
      var item = try flowItem()
      item.leading = comments.all
      comments = try flowComments()
      if peek(is: ",") {
        column += 1
        let behind = try flowComments()
        comments.ownLines +=
          (comments.ending == nil ? [] : behind.ending.map { [$0] } ?? []) + behind.ownLines
        comments.ending = comments.ending ?? behind.ending
      } else if peek() != closing {
        throw refusal("this form of YAML is not known to the formatter")
      }
      item.comment = comments.ending
      comments.ending = nil
      collection.items.append(item)
    }
    collection.end = comments.all
    column += 1
    return collection
  }

  /// Comments up to the next word of a collection.
  private struct FlowComments {
    /// The one that ends the line on which reading began.
    var ending: Comment?
    var ownLines: [Comment] = []
    var all: [Comment] { (ending.map { [$0] } ?? []) + ownLines }
  }

  private mutating func flowComments() throws(FormattingRefusal) -> FlowComments {
    var result = FlowComments()
    let began = line
    while true {
      let before = column
      skipBlanks()
      if isAtEnd { throw FormattingRefusal(line: began + 1, message: "a bracket is not closed") }
      if peek(is: "#") {
        if line == began {
          result.ending = comment(gap: column - before)
        } else {
          result.ownLines.append(comment())
        }
      } else if peek() != nil {
        return result
      }
      nextLine()
    }
  }

  private mutating func flowItem() throws(FormattingRefusal) -> FlowItem {
    let properties = properties()
    let first = try flowNode()
    skipBlanks()
    guard peek(is: ":") else { return FlowItem(properties: properties, value: first) }
    guard properties.isEmpty, case .scalar(let key) = first else {
      throw refusal("a key that is no plain or quoted word is not known to the formatter")
    }
    column += 1
    skipBlanks()
    let began = line
    let comments = try flowComments()
    guard comments.all.isEmpty else {
      throw FormattingRefusal(line: began + 1, message: "put the comment before the key or behind the value")
    }
    let properties2 = self.properties()
    if let byte = peek(), [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(byte) {
      return FlowItem(key: key.lines[0], properties: properties2, value: .nothing)
    }
    return FlowItem(key: key.lines[0], properties: properties2, value: try flowNode())
  }

  private mutating func flowNode() throws(FormattingRefusal) -> SyntaxNode {
    switch peek() {
    case UInt8(ascii: "["), UInt8(ascii: "{"): return .flow(try flowCollection())
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .scalar(try folded(quotedScalar()))
    case UInt8(ascii: "?") where Self.isBlankOrEnd(peek(1)):
      throw refusal("keys that begin with `? ` are not known to the formatter")
    default:
      if peek(is: "*") { noteAlias() }
      return .scalar(try folded(plainFlowScalar()))
    }
  }

  private mutating func plainFlowScalar() throws(FormattingRefusal) -> WrittenScalar {
    var lines = [plainFlowLine()]
    while Self.isBlankOrEnd(peek()) {
      // It goes on on the next line unless a comment or something else begins there.
      let (line, column) = (line, column)
      skipBlanks()
      guard peek() == nil else { break }
      nextLine()
      skipBlanks()
      guard !isAtEnd, let byte = peek(), !Self.endsPlainFlow(byte), byte != UInt8(ascii: "#"),
        !(byte == UInt8(ascii: ":") && Self.isBlankOrEnd(peek(1)))
      else {
        (self.line, self.column) = (line, column)
        break
      }
      lines.append(plainFlowLine())
    }
    guard !lines[0].isEmpty else { throw refusal("this form of YAML is not known to the formatter") }
    return WrittenScalar(lines: lines)
  }

  private static func endsPlainFlow(_ byte: UInt8) -> Bool { ",[]{}".utf8.contains(byte) }

  private mutating func plainFlowLine() -> String {
    let start = column
    while let byte = peek(), !Self.endsPlainFlow(byte) {
      if byte == UInt8(ascii: ":") {
        guard let next = peek(1), !Self.isBlank(next), !Self.endsPlainFlow(next) else { break }
      }
      if byte == UInt8(ascii: "#"), column > start, Self.isBlank(current[column - 1]) { break }
      column += 1
    }
    while column > start, Self.isBlank(current[column - 1]) { column -= 1 }
    return text(start..<column)
  }

  /// The same scalar on one line, as YAML folds it: a line break is a space, one behind a backslash nothing.
  private func folded(_ scalar: WrittenScalar) throws(FormattingRefusal) -> WrittenScalar {
    guard scalar.lines.count > 1 else { return scalar }
    var text = ""
    for (index, line) in scalar.lines.enumerated() {
      var line = line[...]
      let isLast = index == scalar.lines.count - 1
      guard isLast || index == 0 || !line.isEmpty else {
        throw refusal("a text with empty lines inside brackets is not known to the formatter")
      }
      let isJoined = scalar.lines[0].hasPrefix("\"") && !isLast && line.endsInBackslash
      if isJoined {
        line.removeLast()
      } else if !isLast {
        while line.last == " " || line.last == "\t" { line.removeLast() }
      }
      text += line
      if !isLast, !isJoined { text += " " }
    }
    return WrittenScalar(lines: [text])
  }
}

extension Substring {
  /// An odd number of backslashes: the last of them is no escaped one.
  fileprivate var endsInBackslash: Bool { reversed().prefix { $0 == "\\" }.count % 2 == 1 }
}
