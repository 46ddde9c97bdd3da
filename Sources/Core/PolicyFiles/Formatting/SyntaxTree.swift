/// A YAML document as it is written: comments, blank lines and the spelling of every scalar are part of it.
enum SyntaxNode: Equatable {
  /// A key without a value.
  case nothing
  case scalar(WrittenScalar)
  case flow(FlowCollection)
  case block(Block)

  var isNothing: Bool { self == .nothing }
}

/// A scalar in the words of the file.
struct WrittenScalar: Equatable {
  enum Form: Equatable {
    /// Plain or quoted.
    case words
    /// `|` or `>`: the first line is the header, the others are the text without its indentation.
    case literal
  }

  var form = Form.words
  /// Without the indentation of lines after the first.
  var lines: [String]
}

/// A comment, and the blanks before it when it ends a line of something else.
struct Comment: Equatable {
  /// From `#` on.
  var text: String
  var gap = 0
}

/// What stands on lines of its own between entries.
enum Trivia: Equatable {
  case blank
  case comment(Comment)

  var isBlank: Bool { self == .blank }
}

/// `- item` lines or `key: value` lines, one below the other.
struct Block: Equatable {
  enum Kind: Equatable {
    case sequence
    case mapping
  }

  var kind: Kind
  var entries: [BlockEntry] = []
  /// Comments after the last entry.
  var end: [Trivia] = []
}

struct BlockEntry: Equatable {
  var leading: [Trivia] = []
  /// As it is written; empty for an item of a sequence.
  var key = ""
  /// Anchor and tag of the value.
  var properties = ""
  var value: SyntaxNode
  /// At the end of the entry's first line, or of its value's when that is a scalar.
  var comment: Comment?
}

/// `[a, b]` or `{a: b}`.
struct FlowCollection: Equatable {
  var kind: Block.Kind
  var items: [FlowItem] = []
  /// Comments before the closing bracket.
  var end: [Comment] = []

  var hasComments: Bool { !end.isEmpty || items.contains(where: \.hasComments) }
}

struct FlowItem: Equatable {
  var leading: [Comment] = []
  /// nil for an item that is no pair.
  var key: String?
  var properties = ""
  var value: SyntaxNode
  var comment: Comment?

  fileprivate var hasComments: Bool {
    if !leading.isEmpty || comment != nil { return true }
    if case .flow(let collection) = value { return collection.hasComments }
    return false
  }
}

/// A file that the formatter leaves alone.
struct FormattingRefusal: Error, Equatable {
  /// Counted from 1.
  var line: Int
  var message: String
}

/// A whole file.
struct SyntaxDocument: Equatable {
  /// Comments before `---`, and whether that marker is there.
  var head: [Trivia] = []
  var hasMarker = false
  var root: BlockEntry
  /// After the root, where that is no block.
  var end: [Trivia] = []
  /// Whether a node refers to another, so that their order matters.
  var hasAnchors = false
}
