internal import Yams

/// Where a file has what it says of one agent.
struct AgentLayout {
  let text: EditedText
  /// Of the agent's name.
  let line: Int
  private let agents: Node
  private let agentsKey: Node
  private let own: Node
  private let index: Int
  /// The line behind what belongs to `agents`.
  private let agentsEnd: Int

  init(_ bytes: [UInt8], agent: String) throws(AgentFileError) {
    guard let string = String(validating: bytes, as: UTF8.self),
      let root = try? Yams.compose(yaml: string, .basic)
    else { throw .notFound }
    text = EditedText(string)
    guard let pairs = root.mapping.map(Self.pairs),
      let place = pairs.firstIndex(where: { $0.key.scalar?.string == "agents" }),
      let entries = pairs[place].value.mapping.map(Self.pairs),
      let index = entries.firstIndex(where: { $0.key.scalar?.string == agent }),
      let line = entries[index].key.mark?.line
    else { throw .notFound }
    (agentsKey, agents) = pairs[place]
    (self.index, self.line) = (index, line)
    own = entries[index].value
    agentsEnd =
      place + 1 < pairs.count ? pairs[place + 1].key.mark?.line ?? 1 : text.lineCount + 1
  }

  /// nil when the file is written in a way that is not known here.
  func edit(for change: AgentFileChange) -> EditedText.Edit? {
    switch change {
    case .removeAgent: removeAgent
    case .remove(let key): remove(key)
    case .set(let key, let value): set(key, to: value)
    case .append(let key, let item): append(item, to: key)
    }
  }

  private var entries: [(key: Node, value: Node)] { agents.mapping.map(Self.pairs) ?? [] }
  private var fields: [(key: Node, value: Node)] { own.mapping.map(Self.pairs) ?? [] }

  private static func pairs(_ mapping: Node.Mapping) -> [(key: Node, value: Node)] {
    mapping.map { ($0.key, $0.value) }
  }

  /// By its text, since Yams takes the style of a collection from the event that ends it, which has none.
  private func isFlow(_ node: Node) -> Bool {
    guard node.scalar == nil, let place = place(node), place < text.scalars.count else { return false }
    return ["[", "{"].contains(text.scalars[place])
  }

  private func place(_ node: Node) -> Int? {
    node.mark.map { text.index(line: $0.line, column: $0.column) }
  }

  private func scan(_ node: Node) -> BracketScan? {
    place(node).flatMap { BracketScan(text.scalars, at: $0) }
  }

  private func fieldIndex(_ key: String) -> Int? { fields.firstIndex { $0.key.scalar?.string == key } }

  /// The lines of an entry of a block: to the next one, without comments and blank lines between.
  private func lines(from node: Node, before next: Int) -> ClosedRange<Int>? {
    guard let first = node.mark?.line, first < next else { return nil }
    var last = next - 1
    while last > first, text.isEmpty(last) { last -= 1 }
    return first...last
  }

  private var nextAgent: Int {
    index + 1 < entries.count ? entries[index + 1].key.mark?.line ?? 1 : agentsEnd
  }

  private func lines(ofField index: Int) -> ClosedRange<Int>? {
    lines(
      from: fields[index].key,
      before: index + 1 < fields.count ? fields[index + 1].key.mark?.line ?? 1 : nextAgent)
  }

  private func range(of lines: ClosedRange<Int>) -> Range<Int> {
    text.start(ofLine: lines.lowerBound)..<text.start(ofLine: lines.upperBound + 1)
  }

  // MARK: Removing

  private var removeAgent: EditedText.Edit? {
    if isFlow(agents) { return scan(agents).flatMap { removing(index, of: $0) } }
    if entries.count == 1 {
      // A key without a value would do, and says less.
      guard let key = agentsKey.mark, let end = lines(from: entries[0].key, before: agentsEnd) else {
        return nil
      }
      let start = text.index(line: key.line, column: key.column + 7)
      let head = text.scalars[start..<text.start(ofLine: key.line + 1)]
      guard key.line < end.lowerBound, head.allSatisfy({ $0 != "&" && $0 != "!" }) else { return nil }
      let between = text.scalars[start..<text.start(ofLine: end.lowerBound)]
      return EditedText.Edit(
        range: start..<text.start(ofLine: end.upperBound + 1),
        text: " {}" + String(String.UnicodeScalarView(between)))
    }
    return lines(from: entries[index].key, before: nextAgent).map {
      EditedText.Edit(range: range(of: $0), text: "")
    }
  }

  private func remove(_ key: String) -> EditedText.Edit? {
    guard let field = fieldIndex(key) else { return nil }
    if isFlow(own) { return scan(own).flatMap { removing(field, of: $0) } }
    return lines(ofField: field).map { EditedText.Edit(range: range(of: $0), text: "") }
  }

  /// One item of a flow collection, with the comma that goes with it.
  private func removing(_ index: Int, of scan: BracketScan) -> EditedText.Edit? {
    guard scan.items.indices.contains(index) else { return nil }
    let item = scan.items[index].range
    if index + 1 < scan.items.count {
      return EditedText.Edit(range: item.lowerBound..<scan.items[index + 1].range.lowerBound, text: "")
    }
    let start = index > 0 ? scan.items[index - 1].range.upperBound : item.lowerBound
    return EditedText.Edit(range: start..<item.upperBound, text: "")
  }

  // MARK: Setting

  private func set(_ key: String, to value: String) -> EditedText.Edit? {
    let field = fieldIndex(key)
    if isFlow(own) {
      guard let scan = scan(own) else { return nil }
      guard let field else { return adding("\(key): \(value)", to: scan) }
      return scan.items.indices.contains(field)
        ? scan.items[field].value.map { EditedText.Edit(range: $0, text: value) } : nil
    }
    guard let field else {
      guard let column = fields.first?.key.mark?.column,
        let own = lines(from: entries[index].key, before: nextAgent)
      else { return nil }
      let indentation = String(repeating: " ", count: column - 1)
      return text.inserting("\(indentation)\(key): \(value)\n", afterLine: own.upperBound)
    }
    guard let lines = lines(ofField: field), let mark = fields[field].key.mark else { return nil }
    let start = text.index(line: mark.line, column: mark.column)
    var comment = ""
    if lines.count == 1 { comment = trailingComment(ofLine: lines.lowerBound, value: fields[field].value) }
    return EditedText.Edit(
      range: start..<text.start(ofLine: lines.upperBound + 1), text: "\(key): \(value)\(comment)\n")
  }

  /// With the blanks before it.
  private func trailingComment(ofLine line: Int, value: Node) -> String {
    let end = text.start(ofLine: line) + text.line(line).count
    guard var position = place(value), position < end else { return "" }
    // As an item of brackets, which end where the line does.
    let line: [Unicode.Scalar] = ["["] + Array(text.scalars[position..<end]) + ["\n", "]"]
    guard let items = BracketScan(line, at: 0)?.items, let last = items.last else { return "" }
    position += last.range.upperBound - 1
    var start = position
    while start < end {
      if text.scalars[start] == "#", start > position, [" ", "\t"].contains(text.scalars[start - 1]) {
        break
      }
      start += 1
    }
    guard start < end else { return "" }
    while start > position, [" ", "\t"].contains(text.scalars[start - 1]) { start -= 1 }
    return String(String.UnicodeScalarView(text.scalars[start..<end]))
  }

  /// At the end of a flow collection.
  private func adding(_ item: String, to scan: BracketScan) -> EditedText.Edit {
    let place = scan.items.last?.range.upperBound ?? scan.end
    return EditedText.Edit(range: place..<place, text: (scan.items.isEmpty ? "" : ", ") + item)
  }

  private func append(_ item: String, to key: String) -> EditedText.Edit? {
    guard let field = fieldIndex(key) else { return nil }
    let list = fields[field].value
    guard let items = list.sequence else { return nil }
    if isFlow(list) { return scan(list).map { adding(item, to: $0) } }
    guard let last = items.last?.mark, let lines = lines(ofField: field) else { return nil }
    let prefix = text.scalars[
      text.start(ofLine: last.line)..<text.index(line: last.line, column: last.column)]
    return text.inserting(String(String.UnicodeScalarView(prefix)) + item + "\n", afterLine: lines.upperBound)
  }
}
