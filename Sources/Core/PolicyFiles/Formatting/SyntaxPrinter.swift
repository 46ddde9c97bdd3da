/// Writes a tree as text: two spaces a level, one space between words, `key: value`.
struct SyntaxPrinter {
  private(set) var text = ""

  static func text(of document: SyntaxDocument) -> String {
    var printer = SyntaxPrinter()
    printer.print(document.head, indent: 0, isFirst: true)
    if document.hasMarker { printer.text += "---\n" }
    let root = document.root
    printer.print(root.leading, indent: 0, isFirst: true)
    switch root.value {
    case .nothing: break
    case .block(let block) where root.properties.isEmpty: printer.print(block, indent: 0)
    default: printer.print(value: root, after: "", indent: -2)
    }
    printer.print(document.end, indent: 0, isFirst: printer.text.isEmpty)
    while printer.text.hasSuffix("\n\n") { printer.text.removeLast() }
    return printer.text
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// One blank line where there were any, none at the beginning.
  private mutating func print(_ trivia: [Trivia], indent: Int, isFirst: Bool) {
    var mayBeBlank = !isFirst
    for item in trivia {
      switch item {
      case .blank:
        if mayBeBlank { text += "\n" }
        mayBeBlank = false
      case .comment(let comment):
        text += Self.spaces(indent) + comment.text + "\n"
        mayBeBlank = true
      }
    }
  }

  private mutating func print(_ block: Block, indent: Int) {
    for (index, entry) in block.entries.enumerated() {
      print(entry.leading, indent: indent, isFirst: index == 0)
      print(entry, in: block.kind, indent: indent)
    }
    print(block.end, indent: indent, isFirst: block.entries.isEmpty)
  }

  private mutating func print(_ entry: BlockEntry, in kind: Block.Kind, indent: Int) {
    text += Self.spaces(indent)
    guard kind == .sequence else { return print(value: entry, after: entry.key + ":", indent: indent) }
    // A block of an item begins on the item's own line, unless a comment stands before it.
    if case .block(let block) = entry.value, let first = block.entries.first, entry.comment == nil,
      entry.properties.isEmpty, first.leading.allSatisfy(\.isBlank)
    {
      text += "- "
      var rest = block
      rest.entries.removeFirst()
      printFirst(first, in: block.kind, indent: indent + 2)
      printRest(rest, indent: indent + 2)
    } else {
      print(value: entry, after: "-", indent: indent)
    }
  }

  private mutating func printFirst(_ entry: BlockEntry, in kind: Block.Kind, indent: Int) {
    let before = text.endIndex
    var bare = entry
    bare.leading = []
    var inner = SyntaxPrinter()
    inner.print(bare, in: kind, indent: indent)
    text.insert(contentsOf: inner.text.dropFirst(indent), at: before)
  }

  private mutating func printRest(_ block: Block, indent: Int) {
    for entry in block.entries {
      print(entry.leading, indent: indent, isFirst: false)
      print(entry, in: block.kind, indent: indent)
    }
    print(block.end, indent: indent, isFirst: false)
  }

  /// The value behind what is written already of its line, and the comment.
  private mutating func print(value entry: BlockEntry, after head: String, indent: Int) {
    var line = head + (entry.properties.isEmpty ? "" : (head.isEmpty ? "" : " ") + entry.properties)
    let separator = line.isEmpty ? "" : " "
    let comment = entry.comment.map { Self.spaces(max(1, $0.gap)) + $0.text } ?? ""
    switch entry.value {
    case .nothing: text += line + comment + "\n"
    case .scalar(let scalar) where scalar.form == .literal:
      text += line + separator + scalar.lines[0] + comment + "\n"
      for row in scalar.lines.dropFirst() {
        text += (row.isEmpty ? "" : Self.spaces(indent + 2) + row) + "\n"
      }
    case .scalar(let scalar):
      line += separator + scalar.lines[0]
      for more in scalar.lines.dropFirst() {
        text += line + "\n"
        line = more.isEmpty ? "" : Self.spaces(indent + 2) + more
      }
      text += line + comment + "\n"
    case .flow(let collection): text += line + separator + FlowText.text(of: collection) + comment + "\n"
    case .block(let block):
      text += line + comment + "\n"
      print(block, indent: indent + 2)
    }
  }
}

/// Collections in brackets, on one line.
enum FlowText {
  static func text(of collection: FlowCollection) -> String {
    let items = collection.items.map(text(of:)).joined(separator: ", ")
    return collection.kind == .sequence ? "[\(items)]" : "{\(items)}"
  }

  private static func text(of item: FlowItem) -> String {
    let value =
      item.properties + (item.properties.isEmpty || item.value.isNothing ? "" : " ") + text(of: item.value)
    guard let key = item.key else { return value }
    return value.isEmpty ? key + ":" : "\(key): \(value)"
  }

  private static func text(of node: SyntaxNode) -> String {
    switch node {
    case .scalar(let scalar): scalar.lines.joined(separator: " ")
    case .flow(let collection): text(of: collection)
    // A block never stands in brackets.
    case .nothing, .block: ""
    }
  }
}
