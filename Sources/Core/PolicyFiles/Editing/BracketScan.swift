/// The items of a flow collection, `[a, b]` or `{a: b}`, with their places in the text. YAML 1.2, 7.4
struct BracketScan {
  struct Item {
    /// Without blanks and comments around it.
    var range: Range<Int>
    /// Of the value behind `key:`; nil for an item that is no pair.
    var value: Range<Int>?
  }

  private(set) var items: [Item] = []
  /// Where the closing bracket is.
  private(set) var end = 0

  /// Reads from the opening bracket at `start`; nil when there is none, or no end.
  init?(_ text: [Unicode.Scalar], at start: Int) {
    guard text.indices.contains(start), text[start] == "[" || text[start] == "{" else { return nil }
    var position = start + 1
    var depth = 1
    var first: Int?
    var last = position
    var value: Int?
    func finish(_ items: inout [Item]) {
      guard let begin = first else { return }
      items.append(Item(range: begin..<last, value: value.map { min($0, last)..<last }))
    }
    while position < text.count {
      let scalar = text[position]
      var length = 1
      switch scalar {
      case " ", "\t", "\n", "\r":
        position += 1
        continue
      case "#" where [" ", "\t", "\n", "\r"].contains(text[position - 1]):
        while position < text.count, text[position] != "\n" { position += 1 }
        continue
      case "\"", "'":
        guard let closing = Self.closingQuote(text, at: position) else { return nil }
        length = closing + 1 - position
      case "[", "{": depth += 1
      case "]", "}":
        depth -= 1
        if depth == 0 {
          finish(&items)
          end = position
          return
        }
      case "," where depth == 1:
        finish(&items)
        (first, value) = (nil, nil)
        position += 1
        continue
      case ":" where depth == 1 && value == nil && first != nil && Self.endsKey(text, position):
        value = Self.afterBlanks(text, position + 1)
      default: break
      }
      if first == nil { first = position }
      position += length
      last = position
    }
    return nil
  }

  /// A quote in the middle of a plain word is part of the word.
  private static func closingQuote(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    if start > 0, ![" ", "\t", "\n", "\r", ",", "[", "{", ":"].contains(text[start - 1]) { return start }
    var position = start + 1
    while position < text.count {
      if text[position] == "\\", text[start] == "\"" {
        position += 2
        continue
      }
      if text[position] == text[start] {
        guard text[start] == "'", position + 1 < text.count, text[position + 1] == "'" else {
          return position
        }
        position += 1
      }
      position += 1
    }
    return nil
  }

  private static func endsKey(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
    guard position + 1 < text.count else { return false }
    return [" ", "\t", "\n", "\r", ",", "]", "}", "[", "{", "\"", "'"].contains(text[position + 1])
  }

  private static func afterBlanks(_ text: [Unicode.Scalar], _ start: Int) -> Int {
    var position = start
    while position < text.count, [" ", "\t", "\n", "\r"].contains(text[position]) { position += 1 }
    return position
  }
}
