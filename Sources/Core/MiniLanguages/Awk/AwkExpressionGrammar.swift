/// A part of the tree and how high it is.
struct AwkGrown: Sendable {
  var expression: AwkExpression
  var height: Int

  init(leaf expression: AwkExpression) {
    self.expression = expression
    height = 1
  }

  init(_ expression: AwkExpression, height: Int) {
    self.expression = expression
    self.height = height
  }

  /// What it is as a value: a regular expression alone asks whether the record matches (awk(1p), Regular Expressions).
  var value: AwkGrown {
    guard case .regularExpression = expression else { return self }
    return AwkGrown(.binary(.matches, .field(.number("0")), expression), height: height + 2)
  }
}

/// Expressions, from the operators that bind least to those that bind most.
extension AwkParser {
  /// Any expression, where its value is wanted.
  mutating func expression() throws(AwkFailure) -> AwkGrown {
    try enter()
    defer { leave() }
    let condition = try binary(from: .or)
    guard try take(.question) else { return condition }
    try skipNewlines()
    let first = try expression().value
    try skipNewlines()
    try expect(.colon, after: "`?` and what stands behind it")
    try skipNewlines()
    let second = try expression().value
    let test = condition.value
    return try grow(
      .conditional(test.expression, first.expression, second.expression), over: [test, first, second])
  }

  /// One level higher than the highest of its parts.
  func grow(_ expression: AwkExpression, over parts: [AwkGrown]) throws(AwkFailure) -> AwkGrown {
    let height = (parts.map(\.height).max() ?? 0) + 1
    guard height <= Self.maximumHeight else { throw tooDeep() }
    return AwkGrown(expression, height: height)
  }

  /// Operands and the operators between them that bind at least as strongly as `floor`.
  private mutating func binary(from floor: AwkPrecedence) throws(AwkFailure) -> AwkGrown {
    try enter()
    defer { leave() }
    var left = try signed()
    while true {
      if at(.in), floor <= .membership {
        left = try membership(of: [left.value])
      } else if case .symbol(let symbol) = token.kind, let found = symbol.binary, floor <= found.precedence,
        !(symbol == .greater && greaterRedirects)
      {
        left = try operation(found.operator, found.precedence, left)
      } else if beginsOperand, floor <= .concatenation {
        left = try concatenation(left)
      } else {
        return left
      }
    }
  }

  private mutating func operation(
    _ sign: AwkBinaryOperator, _ precedence: AwkPrecedence, _ left: AwkGrown
  ) throws(AwkFailure) -> AwkGrown {
    try advance()
    if sign == .and || sign == .or { try skipNewlines() }
    let isMatch = precedence == .match
    let right = try binary(from: precedence.next)
    if !precedence.isChained, case .symbol(let symbol) = token.kind, symbol.binary?.precedence == precedence,
      !(symbol == .greater && greaterRedirects)
    {
      throw AwkFailure(
        offset: token.offset, reason: "two comparisons stand in a row",
        hint: "write parentheses, or `&&` between them")
    }
    let parts = [left.value, isMatch ? right : right.value]
    return try grow(.binary(sign, parts[0].expression, parts[1].expression), over: parts)
  }

  /// `in` and the array behind it.
  mutating func membership(of index: [AwkGrown]) throws(AwkFailure) -> AwkGrown {
    try advance()
    let offset = token.offset
    let array = try expectName("the array behind `in`")
    try useArray(array, at: offset)
    return try grow(.membership(index.map(\.expression), array), over: index)
  }

  private mutating func concatenation(_ first: AwkGrown) throws(AwkFailure) -> AwkGrown {
    var parts = [first.value]
    while beginsOperand { parts.append(try binary(from: .sum).value) }
    return try grow(.concatenation(parts.map(\.expression)), over: parts)
  }

  /// Whether what stands here begins an operand that may follow another without an operator: not a sign, and not a
  /// slash, which is a division there.
  private var beginsOperand: Bool {
    switch token.kind {
    case .number, .string, .name, .callee, .function: true
    case .symbol(let symbol):
      symbol == .dollar || symbol == .openParenthesis || symbol == .increment || symbol == .decrement
    case .keyword, .newline, .end: false
    }
  }

  /// `-x`, `!x`, and powers, which bind more strongly: `-2^2` is `-(2^2)`.
  private mutating func signed() throws(AwkFailure) -> AwkGrown {
    guard case .symbol(let symbol) = token.kind, let sign = symbol.unary else { return try power() }
    try enter()
    defer { leave() }
    try advance()
    let operand = try signed().value
    return try grow(.unary(sign, operand.expression), over: [operand])
  }

  private mutating func power() throws(AwkFailure) -> AwkGrown {
    let base = try operand()
    guard try take(.caret) else { return base }
    try enter()
    defer { leave() }
    let parts = [base.value, try signed().value]
    return try grow(.binary(.power, parts[0].expression, parts[1].expression), over: parts)
  }
}
