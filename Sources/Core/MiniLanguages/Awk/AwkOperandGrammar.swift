/// Operands: constants, variables, fields, what is in parentheses, calls, and what changes a variable.
extension AwkParser {
  /// An operand with the increment or the assignment that belongs to it. An assignment may stand where the standard's
  /// table of precedences has no room for it, as in `a && b = c`: all awks read it from the variable on.
  mutating func operand() throws(AwkFailure) -> AwkGrown {
    let offset = token.offset
    let isGroup = at(.openParenthesis)
    if case .symbol(let symbol) = token.kind, let increments = symbol.increments {
      return try prefixStep(increments: increments)
    }
    let primary = try self.primary()
    guard primary.expression.isPlace, case .symbol(let symbol) = token.kind else { return primary }
    // `(x) = 1` and `(x)++` change nothing in awk(1p).
    guard !isGroup || (symbol.assignment == nil && symbol.increments == nil) else {
      throw AwkFailure(
        offset: token.offset, reason: "`\(symbol.rawValue)` stands behind parentheses",
        hint: "leave the parentheses out, or write a space and parentheses around what follows")
    }
    if let increments = symbol.increments {
      try checkChange(of: primary.expression, at: offset)
      try advance()
      return try grow(
        .step(AwkStep(increments: increments, isPrefix: false), primary.expression), over: [primary])
    }
    guard let sign = symbol.assignment else { return primary }
    try advance()
    let value = try expression().value
    if sign != .assign || !isNumberFormat(primary.expression) {
      try checkChange(of: primary.expression, at: offset)
    } else {
      try checkNumberFormat(primary.expression, value.expression, at: offset)
    }
    return try grow(.assignment(sign, primary.expression, value.expression), over: [primary, value])
  }

  private mutating func prefixStep(increments: Bool) throws(AwkFailure) -> AwkGrown {
    try enter()
    defer { leave() }
    try advance()
    let offset = token.offset
    let place = try primary()
    guard place.expression.isPlace else {
      throw AwkFailure(offset: offset, reason: "`++` and `--` want a variable, a field or an element")
    }
    try checkChange(of: place.expression, at: offset)
    return try grow(.step(AwkStep(increments: increments, isPrefix: true), place.expression), over: [place])
  }

  /// An operand without what may follow it.
  private mutating func primary() throws(AwkFailure) -> AwkGrown {
    let start = token
    switch start.kind {
    case .number(let text):
      try advance()
      return AwkGrown(leaf: .number(text))
    case .string(let bytes):
      try advance()
      return AwkGrown(leaf: .string(bytes))
    case .name(let name):
      try advance()
      return try variable(name, at: start.offset)
    case .callee(let name): return try call(name)
    case .function(let function): return try call(function)
    case .symbol(.dollar): return try field()
    case .symbol(.openParenthesis): return try group()
    case .symbol(.slash), .symbol(.divideAssign):
      let text = try lexer.regularExpression(at: start.offset)
      try advance()
      return AwkGrown(leaf: .regularExpression(text))
    default: throw unexpected("an operand is missing")
    }
  }

  private mutating func variable(_ name: String, at offset: Int) throws(AwkFailure) -> AwkGrown {
    guard at(.openBracket) else {
      names.useVariable(name, at: offset)
      return AwkGrown(leaf: .variable(name))
    }
    try useArray(name, at: offset)
    let index = try subscripts()
    return try grow(.element(name, index.map(\.expression)), over: index)
  }

  /// What stands in brackets, with the brackets.
  mutating func subscripts() throws(AwkFailure) -> [AwkGrown] {
    try expect(.openBracket, after: "the array")
    let index = try list(until: .closeBracket)
    if index.isEmpty { throw unexpected("a subscript is missing") }
    try expect(.closeBracket, after: "the subscript")
    if at(.openBracket) {
      throw AwkFailure(
        offset: token.offset, reason: "arrays in arrays work in gawk only", hint: "write `a[i, j]`")
    }
    return index
  }

  /// `$1`, `$NF`, `$(i + 1)`: of what follows only the first operand belongs to the field.
  private mutating func field() throws(AwkFailure) -> AwkGrown {
    try enter()
    defer { leave() }
    try advance()
    if case .symbol(let symbol) = token.kind {
      if let increments = symbol.increments {
        let step = try prefixStep(increments: increments)
        return try grow(.field(step.expression), over: [step])
      }
      if symbol.unary != nil {
        throw AwkFailure(
          offset: token.offset, reason: "a sign stands right behind `$`",
          hint: "write parentheses: `$(NF - 1)`")
      }
    }
    let number = try primary().value
    return try grow(.field(number.expression), over: [number])
  }

  /// `(…)`, where `>` compares; a list stands only before `in`.
  private mutating func group() throws(AwkFailure) -> AwkGrown {
    try advance()
    let contents = try list(until: .closeParenthesis)
    try expect(.closeParenthesis, after: "what stands in parentheses")
    if contents.count > 1 {
      guard at(.in) else { throw unexpected("`in` is missing after a list in parentheses") }
      return try membership(of: contents.map(\.value))
    }
    guard let only = contents.first else { throw unexpected("nothing stands in the parentheses") }
    return only
  }

  /// Expressions with commas between them; a regular expression alone stays one.
  mutating func list(until close: AwkSymbol) throws(AwkFailure) -> [AwkGrown] {
    try enterList()
    let redirects = greaterRedirects
    greaterRedirects = false
    defer {
      greaterRedirects = redirects
      leaveList()
    }
    var list: [AwkGrown] = []
    guard !at(close) else { return list }
    repeat {
      if !list.isEmpty { try skipNewlines() }
      list.append(try expression())
    } while try take(.comma)
    return list
  }
}
