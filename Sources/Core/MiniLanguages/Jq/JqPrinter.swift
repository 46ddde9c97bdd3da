/// Prints a tree on one line. Everything but a term stands in parentheses where another operator could touch it.
struct JqPrinter {
  private(set) var output = ""

  mutating func write(_ text: String) { output += text }

  /// Where nothing follows that could belong to the expression: the whole filter, or what brackets and words enclose.
  mutating func printWhole(_ expression: JqExpression) {
    switch expression {
    case .pipe(let stages):
      for (index, stage) in stages.enumerated() {
        if index > 0 { write(" | ") }
        // The last stage may go on to the end, as `as`, `def` and `label` do.
        if index == stages.count - 1, stage.isOpenEnded { printOpenEnded(stage) } else { printStage(stage) }
      }
    case .comma(let results): print(results)
    case .binary(let symbol, let left, let right): print(symbol, left, right)
    case .negation(let inner):
      write("-")
      printOperand(inner)
    case .attempt(let body, let handler):
      write("try ")
      printOperand(body)
      if let handler {
        write(" catch ")
        printOperand(handler)
      }
    case .conditional, .reduce, .foreach, .leave: printWorded(expression)
    case .binding, .definition, .label: printOpenEnded(expression)
    default: printTerm(expression)
    }
  }

  /// Between `|`: a `,` binds tighter, but is easier to read in parentheses.
  private mutating func printStage(_ stage: JqExpression) {
    switch stage {
    case .binary(let symbol, let left, let right): print(symbol, left, right)
    default: printOperand(stage)
    }
  }

  private mutating func print(_ results: [JqExpression]) {
    for (index, result) in results.enumerated() {
      if index > 0 { write(", ") }
      printOperand(result)
    }
  }

  /// Operators of one level that associate stand in a row; all others in parentheses.
  private mutating func print(_ symbol: JqOperator, _ left: JqExpression, _ right: JqExpression) {
    printSide(left, of: symbol, .left)
    write(" \(symbol.rawValue) ")
    printSide(right, of: symbol, .right)
  }

  private mutating func printSide(
    _ side: JqExpression, of symbol: JqOperator, _ association: JqOperator.Association
  ) {
    if case .binary(let inner, let left, let right) = side, inner.level == symbol.level,
      symbol.association == association
    {
      print(inner, left, right)
    } else {
      printOperand(side)
    }
  }

  private mutating func printOpenEnded(_ expression: JqExpression) {
    switch expression {
    case .binding(let source, let patterns, let body):
      printOperand(source)
      write(" as ")
      print(patterns)
      write(" | ")
      printWhole(body)
    case .definition(let definition, let body):
      print(definition)
      write(" ")
      printWhole(body)
    case .label(let name, let body):
      write("label $\(name) | ")
      printWhole(body)
    default: printOperand(expression)
    }
  }

  /// As an operand: a term as it is, all others in parentheses.
  mutating func printOperand(_ expression: JqExpression) {
    if expression.isTerm { printTerm(expression) } else { printParenthesized(expression) }
  }

  mutating func printParenthesized(_ expression: JqExpression) {
    write("(")
    printWhole(expression)
    write(")")
  }

  private mutating func printWorded(_ expression: JqExpression) {
    switch expression {
    case .conditional(let condition, let positive, let negative):
      write("if ")
      printWhole(condition)
      write(" then ")
      printWhole(positive)
      write(" else ")
      printWhole(negative)
      write(" end")
    case .reduce(let source, let patterns, let start, let update):
      printFold("reduce", source, patterns, [start, update])
    case .foreach(let source, let patterns, let start, let update, let extract):
      printFold("foreach", source, patterns, [start, update] + (extract.map { [$0] } ?? []))
    case .leave(let name): write("break $\(name)")
    default: printOperand(expression)
    }
  }

  private mutating func printFold(
    _ word: String, _ source: JqExpression, _ patterns: [JqPattern], _ parts: [JqExpression]
  ) {
    write("\(word) ")
    printOperand(source)
    write(" as ")
    print(patterns)
    write(" ")
    printArguments(parts)
  }

  mutating func printArguments(_ arguments: [JqExpression]) {
    write("(")
    for (index, argument) in arguments.enumerated() {
      if index > 0 { write("; ") }
      printWhole(argument)
    }
    write(")")
  }
}

extension JqExpression {
  /// Whether it is one term in every version of jq.
  var isTerm: Bool {
    switch self {
    case .identity, .descend, .constant, .number, .string, .format, .variable, .call, .index, .array, .object:
      true
    default: false
    }
  }

  /// Whether it takes in all that follows.
  var isOpenEnded: Bool {
    switch self {
    case .binding, .definition, .label: true
    default: false
    }
  }
}
