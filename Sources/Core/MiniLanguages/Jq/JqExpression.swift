/// A filter's tree. Parentheses are not in it: the printer puts them where they are needed.
indirect enum JqExpression: Equatable, Sendable {
  /// `.`
  case identity
  /// `..`
  case descend
  /// `null`, `true`, `false`.
  case constant(JqConstant)
  /// The digits, with at least one before the point.
  case number(String)
  case string(JqString)
  /// `@csv` without a string.
  case format(JqFormat)
  case variable(String)
  case call(String, [JqExpression])
  /// A suffix of a term; `optional` is its `?`, which covers this suffix only.
  case index(JqExpression, JqIndex, optional: Bool)
  case array(JqExpression?)
  case object([JqEntry])
  /// `-x`
  case negation(JqExpression)
  /// `x?` where `x` is more than one suffix.
  case optional(JqExpression)
  /// Two or more stages.
  case pipe([JqExpression])
  /// Two or more results.
  case comma([JqExpression])
  case binary(JqOperator, JqExpression, JqExpression)
  case conditional(JqExpression, then: JqExpression, else: JqExpression)
  case attempt(JqExpression, handler: JqExpression?)
  case reduce(JqExpression, [JqPattern], start: JqExpression, update: JqExpression)
  case foreach(JqExpression, [JqPattern], start: JqExpression, update: JqExpression, extract: JqExpression?)
  /// `source as $x | body`, with alternatives between `?//`.
  case binding(JqExpression, [JqPattern], body: JqExpression)
  case definition(JqDefinition, body: JqExpression)
  case label(String, body: JqExpression)
  case leave(String)
}

enum JqConstant: String, CaseIterable, Sendable {
  case null, `true`, `false`
}

/// What stands behind a term.
enum JqIndex: Equatable, Sendable {
  /// `.name` and `["name"]`
  case name(String)
  case key(JqExpression)
  /// `[]`
  case all
  /// `[from:to]`, at least one of them given.
  case slice(JqExpression?, JqExpression?)
}

struct JqEntry: Equatable, Sendable {
  var key: JqKey
  var value: JqExpression
}

enum JqKey: Equatable, Sendable {
  case name(String)
  case computed(JqExpression)
}

/// A string with its interpolations; texts are decoded, not empty, and do not follow one another.
struct JqString: Equatable, Sendable {
  enum Part: Equatable, Sendable {
    case text(String)
    case interpolation(JqExpression)
  }

  var format: JqFormat?
  var parts: [Part]

  /// The text when there is nothing else.
  var constant: String? {
    guard format == nil, parts.count <= 1 else { return nil }
    return switch parts.first {
    case nil: ""
    case .text(let text): text
    case .interpolation: nil
    }
  }
}

/// Format strings: the jq manual, "Format strings and escaping".
enum JqFormat: String, CaseIterable, Sendable {
  case text, json, html, uri, urid, csv, tsv, sh, base64, base64d, base32, base32d
}

struct JqDefinition: Equatable, Sendable {
  enum Parameter: Equatable, Sendable {
    case filter(String)
    /// `$name`, which is also the filter `name`.
    case variable(String)
  }

  var name: String
  var parameters: [Parameter]
  var body: JqExpression
}

/// What a value is taken apart into: the jq manual, "Destructuring Alternative Operator".
indirect enum JqPattern: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    enum Key: Equatable, Sendable {
      case name(String)
      case variable(String)
      case computed(JqExpression)
    }

    var key: Key
    /// Nil only where the key is a variable.
    var value: JqPattern?
  }

  case variable(String)
  case array([JqPattern])
  case object([Entry])
}
