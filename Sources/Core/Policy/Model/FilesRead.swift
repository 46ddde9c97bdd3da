/// What a command opens, as its rule promises.
public enum FilesRead: Equatable, Sendable {
  /// Nobody promises anything.
  case anything
  /// Nothing but its operands, the files that its options name, what lies below them, and what every program may
  /// count on: libraries, the names of accounts, the time zone, `/dev/null`. With one of the options in `unless`,
  /// of which each spelling is listed, anything.
  case operands(unless: [String])

  /// Reads `anything`, or `operands` with `unless -e, -f` or without; spellings are those in the text.
  public init(parsing text: String) throws(TypeSyntaxError) {
    var syntax = TypeSyntax(text)
    syntax.skipSpaces()
    if syntax.take("anything") {
      self = .anything
    } else if syntax.take("operands") {
      syntax.skipSpaces()
      self = .operands(unless: try syntax.options(after: "unless"))
    } else {
      throw syntax.failure("`reads` is `anything` or `operands`", hint: "or such as `operands unless -L, -H`")
    }
    syntax.skipSpaces()
    guard syntax.isAtEnd else {
      throw syntax.failure("\(shown(syntax.rest)) is too much", hint: "such as `operands unless -L, -H`")
    }
  }
}
