/// Statements. Each takes its terminator with it.
extension AwkParser {
  /// `{ … }`, and the newlines behind it are left.
  mutating func block() throws(AwkFailure) -> [AwkStatement] {
    try expect(.openBrace, after: "the pattern")
    let statements = try statementsUntilBrace()
    try expect(.closeBrace, after: "the statements")
    return statements
  }

  private mutating func statementsUntilBrace() throws(AwkFailure) -> [AwkStatement] {
    var statements: [AwkStatement] = []
    while true {
      if token.kind == .newline || at(.semicolon) {
        try advance()
      } else if at(.closeBrace) || token.kind == .end {
        return statements
      } else {
        statements += try statement()
      }
    }
  }

  /// One statement as a list: a block is what is in it, and an empty statement is nothing.
  private mutating func statement() throws(AwkFailure) -> [AwkStatement] {
    try enterStatement()
    defer { leaveStatement() }
    switch token.kind {
    case .symbol(.openBrace): return try block()
    case .symbol(.semicolon):
      try advance()
      return []
    case .keyword(.if): return [try ifStatement()]
    case .keyword(.while): return [try whileStatement()]
    case .keyword(.do): return [try doStatement()]
    case .keyword(.for): return [try forStatement()]
    default:
      let statement = try simpleStatement()
      try terminate()
      return [statement]
    }
  }

  /// The body of `if`, `else`, `while`, `do` or `for`.
  private mutating func body(isLoop: Bool) throws(AwkFailure) -> [AwkStatement] {
    try skipNewlines()
    if at(.closeBrace) || token.kind == .end { throw unexpected("a statement is missing") }
    loopDepth += isLoop ? 1 : 0
    defer { loopDepth -= isLoop ? 1 : 0 }
    return try statement()
  }

  private mutating func terminate() throws(AwkFailure) {
    switch token.kind {
    case .newline, .symbol(.semicolon): try advance()
    case .symbol(.closeBrace): break
    case .end: throw unexpected("`}` is missing")
    default: throw unexpected("`;` is missing")
    }
  }

  private mutating func condition(of word: String) throws(AwkFailure) -> AwkExpression {
    try advance()
    try expect(.openParenthesis, after: "`\(word)`")
    let condition = try list(until: .closeParenthesis)
    guard condition.count == 1, let only = condition.first else {
      throw unexpected("`\(word)` wants one condition")
    }
    try expect(.closeParenthesis, after: "the condition")
    return only.value.expression
  }

  private mutating func ifStatement() throws(AwkFailure) -> AwkStatement {
    let test = try condition(of: "if")
    let first = try body(isLoop: false)
    var probe = self
    try probe.skipNewlines()
    if try probe.take(.semicolon) { try probe.skipNewlines() }
    guard probe.at(.else) else { return .if(test, first, []) }
    self = probe
    try advance()
    return .if(test, first, try body(isLoop: false))
  }

  private mutating func whileStatement() throws(AwkFailure) -> AwkStatement {
    .while(try condition(of: "while"), try body(isLoop: true))
  }

  private mutating func doStatement() throws(AwkFailure) -> AwkStatement {
    try advance()
    let body = try body(isLoop: true)
    while token.kind == .newline || at(.semicolon) { try advance() }
    guard at(.while) else { throw unexpected("`while` is missing after `do` and its body") }
    let test = try condition(of: "while")
    try terminate()
    return .doWhile(body, test)
  }

  private mutating func forStatement() throws(AwkFailure) -> AwkStatement {
    try advance()
    try expect(.openParenthesis, after: "`for`")
    if let loop = try forInStatement() { return loop }
    let start = try expressionIfAny(before: .semicolon)
    try expect(.semicolon, after: "the first part of `for`")
    try skipNewlines()
    let test = try expressionIfAny(before: .semicolon)
    try expect(.semicolon, after: "the condition of `for`")
    try skipNewlines()
    let step = try expressionIfAny(before: .closeParenthesis)
    try expect(.closeParenthesis, after: "the parts of `for`")
    return .for(start, test, step, try body(isLoop: true))
  }

  /// `name in array)` and the body, if that is what stands here.
  private mutating func forInStatement() throws(AwkFailure) -> AwkStatement? {
    let offset = token.offset
    guard case .name(let key) = token.kind else { return nil }
    var probe = self
    try probe.advance()
    guard probe.at(.in) else { return nil }
    try probe.advance()
    let arrayOffset = probe.token.offset
    guard case .name(let array) = probe.token.kind else { return nil }
    try probe.advance()
    guard try probe.take(.closeParenthesis) else { return nil }
    self = probe
    try checkChange(of: .variable(key), at: offset)
    names.useVariable(key, at: offset)
    try useArray(array, at: arrayOffset)
    return .forIn(key, array, try body(isLoop: true))
  }

  private mutating func expressionIfAny(before close: AwkSymbol) throws(AwkFailure) -> AwkExpression? {
    at(close) ? nil : try expression().value.expression
  }

  // MARK: Simple statements

  private mutating func simpleStatement() throws(AwkFailure) -> AwkStatement {
    guard case .keyword(let keyword) = token.kind else {
      return .expression(try expression().value.expression)
    }
    let start = token
    switch keyword {
    case .print, .printFormatted: return try printStatement(isFormatted: keyword == .printFormatted)
    case .delete: return try deleteStatement()
    case .next, .nextFile:
      try advance()
      return keyword == .next ? .next : .nextFile
    case .break, .continue:
      guard loopDepth > 0 else {
        throw AwkFailure(offset: start.offset, reason: "`\(keyword.rawValue)` stands outside of a loop")
      }
      try advance()
      return keyword == .break ? .break : .continue
    case .exit:
      try advance()
      return .exit(try valueIfAny())
    case .return:
      guard isInFunction else {
        throw AwkFailure(
          offset: start.offset, reason: "`return` stands outside of a function",
          hint: "write `next` or `exit`")
      }
      try advance()
      return .return(try valueIfAny())
    default: throw unexpected("a statement is missing")
    }
  }

  private var isAtTerminator: Bool {
    token.kind == .newline || token.kind == .end || at(.semicolon) || at(.closeBrace)
  }

  private mutating func valueIfAny() throws(AwkFailure) -> AwkExpression? {
    isAtTerminator ? nil : try expression().value.expression
  }

  private mutating func deleteStatement() throws(AwkFailure) -> AwkStatement {
    try advance()
    let offset = token.offset
    let array = try expectName("the array behind `delete`")
    try useArray(array, at: offset)
    return .delete(array, at(.openBracket) ? try subscripts().map(\.value.expression) : [])
  }

  private mutating func printStatement(isFormatted: Bool) throws(AwkFailure) -> AwkStatement {
    let start = token
    try advance()
    greaterRedirects = true
    defer { greaterRedirects = false }
    let operands = isAtTerminator ? [] : try printOperands().map(\.value.expression)
    guard isAtTerminator else { throw unexpected("`;` is missing after the operands of print") }
    if isFormatted, operands.isEmpty {
      throw AwkFailure(
        offset: start.offset, reason: "`printf` has no format",
        hint: "write `printf \"%s\\n\", $1`, or `print`")
    }
    return isFormatted ? .printFormatted(operands) : .print(operands)
  }

  /// A list, or a list in parentheses with nothing behind it: `print (1)(2)` is one operand, `print (1, 2)` are two.
  private mutating func printOperands() throws(AwkFailure) -> [AwkGrown] {
    if at(.openParenthesis) {
      var probe = self
      try probe.advance()
      let operands = try probe.list(until: .closeParenthesis)
      try probe.expect(.closeParenthesis, after: "the operands of print")
      if operands.count > 1, !probe.at(.in) {
        self = probe
        return operands
      }
    }
    var operands: [AwkGrown] = []
    repeat {
      if !operands.isEmpty { try skipNewlines() }
      operands.append(try expression())
    } while try take(.comma)
    return operands
  }
}
