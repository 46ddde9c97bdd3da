// Collections by indentation. YAML 1.1, chapter 9

extension SyntaxReader {
  /// Reads a whole file.
  static func document(_ text: [UInt8]) throws(FormattingRefusal) -> SyntaxDocument {
    var reader = try SyntaxReader(text)
    var head = reader.trivia().map(\.trivia)
    var hasMarker = false
    if reader.current.starts(with: Array("---".utf8)) {
      reader.column = 3
      guard try reader.restOfLine() == nil, reader.line > 0 else {
        throw FormattingRefusal(line: reader.line, message: "put what stands behind `---` on the next line")
      }
      hasMarker = true
    } else {
      reader.line = 0
      head = []
    }
    var root = BlockEntry(value: .nothing)
    let leading = reader.trivia()
    if reader.isAtEnd {
      return SyntaxDocument(head: head, hasMarker: hasMarker, root: root, end: leading.map(\.trivia))
    }
    for mark in ["---", "...", "%"] where reader.column == 0 && reader.current.starts(with: Array(mark.utf8))
    {
      throw reader.refusal("lines that begin with `\(mark)` are not known to the formatter")
    }
    root = try reader.node(inside: -1)
    root.leading = leading.map(\.trivia)
    let end = reader.trivia().map(\.trivia)
    guard reader.isAtEnd else { throw reader.refusal("this form of YAML is not known to the formatter") }
    return SyntaxDocument(
      head: head, hasMarker: hasMarker, root: root, end: end, hasAnchors: reader.hasAnchors)
  }

  /// The node that begins here, somewhere on a line, with the comment that ends its line. The place is at the beginning of
  /// a line then. `parent` is the indentation of what holds it.
  private mutating func node(inside parent: Int) throws(FormattingRefusal) -> BlockEntry {
    if startsItem { return BlockEntry(value: .block(try block(.sequence, parent))) }
    let (line, column) = (line, column)
    let properties = properties()
    if properties.isEmpty {
      if try implicitKey() != nil { return BlockEntry(value: .block(try block(.mapping, parent))) }
    } else if !Self.isBlankOrEnd(peek()), try implicitKey() != nil {
      // They belong to the first key of the mapping that begins here.
      (self.line, self.column) = (line, column)
      throw refusal("an anchor or a tag before a key is not known to the formatter")
    }
    var entry = try value(inside: parent)
    entry.properties = properties
    return entry
  }

  private var startsItem: Bool { peek(is: "-") && Self.isBlankOrEnd(peek(1)) }

  /// A scalar or a collection in brackets.
  private mutating func value(inside parent: Int) throws(FormattingRefusal) -> BlockEntry {
    switch peek() {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let collection = try flowCollection()
      return BlockEntry(value: .flow(collection), comment: try restOfLine())
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let scalar = try quotedScalar()
      return BlockEntry(value: .scalar(scalar), comment: try restOfLine())
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      let (scalar, comment) = try literalScalar(inside: parent)
      return BlockEntry(value: .scalar(scalar), comment: comment)
    default:
      if peek(is: "*") { noteAlias() }
      let scalar = plainScalar(inside: parent)
      return BlockEntry(value: .scalar(scalar), comment: try restOfLine())
    }
  }

  /// The entries at the column of the current place. `parent` is the indentation of what holds them: for a sequence that
  /// is not indented below its key it is the same.
  private mutating func block(_ kind: Block.Kind, _ parent: Int) throws(FormattingRefusal) -> Block {
    let indent = column
    var block = Block(kind: kind)
    var leading: [Trivia] = []
    while true {
      var entry =
        kind == .sequence ? try item(at: indent) : try pair(at: indent)
      entry.leading = leading
      block.entries.append(entry)
      let found = trivia()
      if !isAtEnd, column == indent, startsItem == (kind == .sequence), !isDocumentMark {
        leading = found.map(\.trivia)
        continue
      }
      guard isAtEnd || column < indent || column == indent && kind == .sequence && parent == indent else {
        throw refusal("this line is indented in a way that is not known to the formatter")
      }
      block.end = keep(found, from: parent == indent ? indent + 1 : indent)
      return block
    }
  }

  private var isDocumentMark: Bool {
    column == 0 && ["---", "..."].contains { current.starts(with: Array($0.utf8)) }
  }

  /// Of comments behind a block, those that are indented like it; the place is before the others then.
  private mutating func keep(
    _ found: [(trivia: Trivia, column: Int, line: Int)], from indent: Int
  ) -> [Trivia] {
    let firstOther = found.firstIndex { !$0.trivia.isBlank && $0.column < indent } ?? found.count
    var kept = found[..<firstOther]
    while kept.last?.trivia.isBlank == true { kept.removeLast() }
    if kept.count < found.count {
      line = found[kept.count].line
      column = 0
    }
    return kept.map(\.trivia)
  }

  private mutating func item(at indent: Int) throws(FormattingRefusal) -> BlockEntry {
    column += 1
    let before = column
    skipBlanks()
    if peek() == nil || peek(is: "#") { column = before }
    return try entryValue(inside: indent, allowsSequenceAtIndent: false)
  }

  private mutating func pair(at indent: Int) throws(FormattingRefusal) -> BlockEntry {
    guard let (end, colon) = try implicitKey() else {
      throw refusal("this form of YAML is not known to the formatter")
    }
    if peek(is: "*") || peek(is: "&") || peek(is: "!") {
      throw refusal("an anchor, an alias or a tag before a key is not known to the formatter")
    }
    let key = text(column..<end)
    column = colon + 1
    var entry: BlockEntry
    let before = column
    skipBlanks()
    let properties = properties()
    if let byte = peek(), byte != UInt8(ascii: "#") {
      entry = try value(inside: indent)
    } else {
      column = properties.isEmpty ? before : column
      entry = try entryValue(inside: indent, allowsSequenceAtIndent: true)
    }
    entry.key = key
    entry.properties = properties.isEmpty ? entry.properties : properties
    return entry
  }

  /// What follows `-` or `key:`, here or on the lines below.
  private mutating func entryValue(
    inside indent: Int, allowsSequenceAtIndent: Bool
  ) throws(FormattingRefusal) -> BlockEntry {
    if let byte = peek(), byte != UInt8(ascii: "#"), !Self.isBlank(byte) { return try node(inside: indent) }
    let comment = try restOfLine()
    let found = trivia()
    let isBelow =
      !isAtEnd && !isDocumentMark
      && (column > indent || allowsSequenceAtIndent && column == indent && startsItem)
    guard isBelow else {
      let end = keep(found, from: indent + 1)
      let value: SyntaxNode = end.isEmpty ? .nothing : .block(Block(kind: .mapping, end: end))
      return BlockEntry(value: value, comment: comment)
    }
    var entry = try node(inside: startsItem && column == indent ? column : indent)
    if comment != nil, entry.comment != nil {
      throw refusal("put one of the two comments on a line of its own")
    }
    entry.comment = entry.comment ?? comment
    // Comments between the key and what is below it lead its first entry.
    let leading = found.map(\.trivia)
    if case .block(var block) = entry.value {
      if !block.entries.isEmpty { block.entries[0].leading = leading + block.entries[0].leading }
      entry.value = .block(block)
    } else if leading.contains(where: { !$0.isBlank }) {
      throw refusal("put the comment before the key")
    }
    return entry
  }
}
