/// Reads a filter by precedence climbing, with the levels of jq's grammar.
struct JqParser {
  private var lexer: JqLexer
  /// The token that is looked at, and where it begins.
  private(set) var token: JqToken = .end
  private(set) var start = 0
  var scope = JqScope()
  private var depth = 0

  static let tooLong = ProgramRefusal(
    offset: JqFilter.longest, reason: "the filter is longer than \(JqFilter.longest) bytes",
    hint: "split it over several stages of a pipeline")

  init(_ text: String) throws(ProgramRefusal) {
    lexer = JqLexer(bytes: Array(text.utf8))
    guard lexer.bytes.count <= JqFilter.longest else { throw Self.tooLong }
    try advance()
  }

  /// The whole filter; none at all is `.`, as in jq.
  mutating func filter() throws(ProgramRefusal) -> JqExpression {
    let expression = token == .end ? .identity : try pipe()
    guard token == .end else { throw unexpected() }
    return expression
  }

  /// Stages between `|`.
  mutating func pipe() throws(ProgramRefusal) -> JqExpression {
    try operands(of: "|") { parser throws(ProgramRefusal) in
      try parser.operands(of: ",") { parser throws(ProgramRefusal) in
        try parser.binary(JqOperator.lowestLevel)
      }.joined(JqExpression.comma)
    }.joined(JqExpression.pipe)
  }

  /// What stands as an object's value: stages, but no `,`.
  mutating func pipeWithoutComma() throws(ProgramRefusal) -> JqExpression {
    try operands(of: "|") { parser throws(ProgramRefusal) in try parser.binary(JqOperator.lowestLevel) }
      .joined(JqExpression.pipe)
  }

  private mutating func operands(
    of symbol: String, _ operand: (inout JqParser) throws(ProgramRefusal) -> JqExpression
  ) throws(ProgramRefusal) -> [JqExpression] {
    var operands = [try operand(&self)]
    while try accept(symbol) { operands.append(try operand(&self)) }
    return operands
  }

  /// Operators from a level up.
  mutating func binary(_ level: Int) throws(ProgramRefusal) -> JqExpression {
    var left = try prefix()
    var ended = Int.max
    var count = 0
    while let symbol = operatorAhead(), symbol.level >= level, symbol.level <= ended {
      count += 1
      guard count <= JqFilter.deepest else { throw tooDeep }
      try advance()
      let right = try binary(symbol.association == .right ? symbol.level : symbol.level + 1)
      left = .binary(symbol, left, right)
      if symbol.association == .none {
        if let next = operatorAhead(), next.level == symbol.level {
          throw refusal(
            "`\(next.rawValue)` after `\(symbol.rawValue)` is ambiguous", hint: "put parentheses around one")
        }
        ended = symbol.level
      }
    }
    return left
  }

  private func operatorAhead() -> JqOperator? {
    switch token {
    case .symbol(let symbol): JqOperator(rawValue: symbol)
    case .keyword(.and): .and
    case .keyword(.or): .or
    default: nil
    }
  }

  /// A term, or what begins with a word or sign that takes an expression.
  mutating func prefix() throws(ProgramRefusal) -> JqExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= JqFilter.deepest else { throw tooDeep }
    switch token {
    case .symbol("-"):
      try advance()
      return .negation(try binary(JqOperator.negationLevel))
    case .keyword(.def):
      return try definition()
    case .keyword(.try):
      try advance()
      let body = try prefix()
      guard token == .keyword(.catch) else { return .attempt(body, handler: nil) }
      try advance()
      return .attempt(body, handler: try prefix())
    case .keyword(.label):
      try advance()
      let name = try variable()
      try expect("|", "after a label")
      return .label(name, body: try pipe())
    default:
      let term = try term()
      guard token == .keyword(.as) else { return term }
      try advance()
      let patterns = try patterns()
      try expect("|", "after `as` and its names")
      return .binding(term, patterns, body: try pipe())
    }
  }

  /// Counts as one level of nesting.
  mutating func nested<Result>(
    _ inner: (inout JqParser) throws(ProgramRefusal) -> Result
  ) throws(ProgramRefusal) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= JqFilter.deepest else { throw tooDeep }
    return try inner(&self)
  }

  /// The line that the token stands on, from 1.
  var line: Int { 1 + lexer.bytes[..<start].count { $0 == UInt8(ascii: "\n") } }

  private var tooDeep: ProgramRefusal {
    refusal(
      "the filter nests deeper than \(JqFilter.deepest)",
      hint: "use fewer parentheses, or name parts with `def`")
  }
}

extension [JqExpression] {
  /// The one expression, or all of them together.
  fileprivate func joined(_ together: ([JqExpression]) -> JqExpression) -> JqExpression {
    count == 1 ? self[0] : together(self)
  }
}

/// Moving through the tokens.
extension JqParser {
  mutating func advance() throws(ProgramRefusal) { (token, start) = try lexer.next() }

  /// `?//` behind a term is `?` and `//`, as it is where a space stands between them.
  mutating func splitAlternative() {
    if token == .symbol("?//") {
      token = .symbol("//")
      start += 1
    }
  }

  mutating func accept(_ symbol: String) throws(ProgramRefusal) -> Bool {
    guard token == .symbol(symbol) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: String, _ place: String) throws(ProgramRefusal) {
    guard try accept(symbol) else { throw unexpected("`\(symbol)` is missing \(place)") }
  }

  mutating func expect(_ keyword: JqKeyword, _ place: String) throws(ProgramRefusal) {
    guard token == .keyword(keyword) else { throw unexpected("`\(keyword.rawValue)` is missing \(place)") }
    try advance()
  }

  /// Reads bytes behind the token that is looked at; the token is stale until `advance`.
  mutating func takeByte() -> UInt8? {
    guard lexer.position < lexer.bytes.count else { return nil }
    defer { lexer.position += 1 }
    return lexer.bytes[lexer.position]
  }

  var bytePosition: Int { lexer.position }

  func refusal(_ reason: String, at offset: Int? = nil, hint: String = "") -> ProgramRefusal {
    ProgramRefusal(offset: offset ?? start, reason: reason, hint: hint)
  }

  func unexpected(_ hint: String = "") -> ProgramRefusal {
    let reason = token == .end ? "the filter ends too early" : "`\(token.text)` does not belong here"
    return refusal(reason, hint: hint)
  }
}
