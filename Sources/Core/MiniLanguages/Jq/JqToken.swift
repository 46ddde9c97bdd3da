/// What jq's lexer makes of a filter's text.
enum JqToken: Equatable, Sendable {
  /// `.name`
  case field(String)
  case identifier(String)
  case keyword(JqKeyword)
  /// `@name`
  case format(String)
  case number(String)
  /// The quote that begins a string.
  case quote
  /// An operator or a bracket.
  case symbol(String)
  case end

  /// The token as a person would write it, for messages.
  var text: String {
    switch self {
    case .field(let name): ".\(name)"
    case .identifier(let name): name
    case .keyword(let keyword): keyword.rawValue
    case .format(let name): "@\(name)"
    case .number(let digits): digits
    case .quote: "\""
    case .symbol(let symbol): symbol
    case .end: "the end"
    }
  }
}

/// Words that are no names of functions.
enum JqKeyword: String, CaseIterable, Sendable {
  case `as`, def, module, `import`, include, `if`, then, `else`, elif, end, and, or, reduce, foreach, `try`,
    `catch`, label,
    `break`
  case location = "__loc__"
}
