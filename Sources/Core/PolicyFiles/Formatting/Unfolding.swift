/// Turns collections in brackets into lines of their own where a line would be too wide, where comments stand inside, and
/// where a command begins.
struct Unfolding {
  let width: Int
  /// Names of the keys from the root to a collection that is never in brackets: `*` for any.
  private static let alwaysBlocks = [[], ["commands"], ["commands", "*"]]

  func unfold(_ document: SyntaxDocument) -> SyntaxDocument {
    var document = document
    document.root = unfold(document.root, path: [], head: 0, indent: -2)
    return document
  }

  /// `head` is how wide the line is before the value; `indent` that of the entry.
  private func unfold(_ entry: BlockEntry, path: [String], head: Int, indent: Int) -> BlockEntry {
    var entry = entry
    switch entry.value {
    case .nothing, .scalar: break
    case .block(let block): entry.value = .block(unfold(block, path: path, indent: indent + 2))
    case .flow(var collection) where collection.items.isEmpty:
      // Without items there are no lines for the comments to stand between.
      entry.leading += collection.end.map(Trivia.comment)
      collection.end = []
      entry.value = .flow(collection)
    case .flow(let collection):
      let isBlock = Self.alwaysBlocks.contains { Self.matches(path, $0) }
      let room = width - head - (entry.properties.isEmpty ? 0 : entry.properties.unicodeScalars.count + 1)
      let fits = FlowText.text(of: collection).unicodeScalars.count <= room
      if fits && !collection.hasComments && !isBlock { break }
      entry.value = .block(unfold(lines(of: collection), path: path, indent: indent + 2))
    }
    return entry
  }

  private static func matches(_ path: [String], _ pattern: [String]) -> Bool {
    path.count == pattern.count && zip(path, pattern).allSatisfy { $1 == "*" || $0 == $1 }
  }

  private func unfold(_ block: Block, path: [String], indent: Int) -> Block {
    var block = block
    block.entries = block.entries.map { entry in
      let head = indent + (block.kind == .sequence ? 2 : entry.key.unicodeScalars.count + 2)
      return unfold(entry, path: path + [unquoted(entry.key)], head: head, indent: indent)
    }
    return block
  }

  private func lines(of collection: FlowCollection) -> Block {
    var block = Block(kind: collection.kind)
    for item in collection.items {
      var entry = BlockEntry(
        leading: item.leading.map(Trivia.comment), key: item.key ?? "", properties: item.properties,
        value: item.value, comment: item.comment)
      if collection.kind == .sequence, item.key != nil {
        // A pair in a list is a mapping of one.
        let pair = BlockEntry(
          key: entry.key, properties: entry.properties, value: entry.value, comment: entry.comment)
        entry = BlockEntry(leading: entry.leading, value: .block(Block(kind: .mapping, entries: [pair])))
      } else if collection.kind == .mapping, item.key == nil, case .scalar(let key) = item.value {
        entry.key = key.lines[0]
        entry.value = .nothing
      }
      block.entries.append(entry)
    }
    block.end = collection.end.map(Trivia.comment)
    return block
  }
}

/// A key without its quotes. Keys with escapes are none that matter.
func unquoted(_ key: String) -> String {
  guard key.count >= 2, let first = key.first, first == key.last, first == "\"" || first == "'" else {
    return key
  }
  return String(key.dropFirst().dropLast())
}
