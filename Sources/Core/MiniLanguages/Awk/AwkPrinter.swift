/// Writes a tree as a program that every awk reads as that tree.
///
/// Whatever is made of parts stands in parentheses, `print` and `printf` have theirs around all operands, bodies have
/// braces, statements semicolons, and a regular expression stands only behind `~`, `!~`, `(` or a comma, so that no
/// slash can be taken for a division. Actions are always there, so that nothing hangs on where a line ends.
enum AwkPrinter {
  static func text(_ items: [AwkItem]) -> String {
    items.map(text).joined(separator: " ")
  }

  private static func text(_ item: AwkItem) -> String {
    switch item {
    case .begin(let action): "BEGIN \(block(action))"
    case .end(let action): "END \(block(action))"
    case .always(let action): block(action)
    case .when(let pattern, let action): "\(operand(pattern)) \(block(action))"
    case .range(let first, let last, let action): "\(operand(first)), \(operand(last)) \(block(action))"
    case .function(let name, let parameters, let body):
      "function \(name)(\(parameters.joined(separator: ", "))) \(block(body))"
    }
  }

  // MARK: Statements

  private static func block(_ statements: [AwkStatement]) -> String {
    statements.isEmpty ? "{ }" : "{ \(statements.map(text).joined(separator: " ")) }"
  }

  private static func text(_ statement: AwkStatement) -> String {
    switch statement {
    case .expression(let expression): "\(root(expression));"
    case .print(let operands): operands.isEmpty ? "print;" : "print(\(list(operands)));"
    case .printFormatted(let operands): "printf(\(list(operands)));"
    case .delete(let array, let index):
      index.isEmpty ? "delete \(array);" : "delete \(array)[\(list(index))];"
    case .next: "next;"
    case .nextFile: "nextfile;"
    case .exit(let value): value.map { "exit \(operand($0));" } ?? "exit;"
    case .return(let value): value.map { "return \(operand($0));" } ?? "return;"
    case .break: "break;"
    case .continue: "continue;"
    case .if(let test, let body, let other):
      "if (\(bare(test))) \(block(body))" + (other.isEmpty ? "" : " else \(block(other))")
    case .while(let test, let body): "while (\(bare(test))) \(block(body))"
    case .doWhile(let body, let test): "do \(block(body)) while (\(bare(test)));"
    case .for(let start, let test, let step, let body):
      "for (\(start.map(root) ?? ""); \(test.map(operand) ?? ""); \(step.map(root) ?? "")) \(block(body))"
    case .forIn(let key, let array, let body): "for (\(key) in \(array)) \(block(body))"
    }
  }

  /// An expression where a statement stands: what changes something needs no parentheses.
  private static func root(_ expression: AwkExpression) -> String {
    switch expression {
    case .assignment, .step: bare(expression)
    default: operand(expression)
    }
  }

  // MARK: Expressions

  private static func list(_ expressions: [AwkExpression]) -> String {
    expressions.map(operand).joined(separator: ", ")
  }

  /// An expression as a part of another.
  private static func operand(_ expression: AwkExpression) -> String {
    switch expression {
    case .number, .string, .regularExpression, .variable, .element, .field, .function, .call: bare(expression)
    case .unary, .binary, .concatenation, .membership, .conditional, .assignment, .step:
      "(\(bare(expression)))"
    }
  }

  private static func bare(_ expression: AwkExpression) -> String {
    switch expression {
    case .number(let text): text
    case .string(let bytes): "\"\(AwkEscapes.write(bytes, quoted: true))\""
    case .regularExpression(let bytes): "/\(String(decoding: bytes, as: UTF8.self))/"
    case .variable(let name): name
    case .element(let name, let index): "\(name)[\(list(index))]"
    case .field(let number): field(number)
    case .unary(let sign, let operand): "\(sign.rawValue)\(self.operand(operand))"
    case .binary(let sign, let left, let right): "\(operand(left)) \(sign.rawValue) \(operand(right))"
    case .concatenation(let parts): concatenation(parts)
    case .membership(let index, let array):
      index.count == 1 ? "\(list(index)) in \(array)" : "(\(list(index))) in \(array)"
    case .conditional(let test, let first, let second):
      "\(operand(test)) ? \(operand(first)) : \(operand(second))"
    case .assignment(let sign, let place, let value): "\(bare(place)) \(sign.rawValue) \(operand(value))"
    case .step(let step, let place): self.step(step, place)
    case .function(let function, let arguments): "\(function.rawValue)(\(list(arguments)))"
    case .call(let name, let arguments): "\(name)(\(list(arguments)))"
    }
  }

  private static func field(_ number: AwkExpression) -> String {
    switch number {
    case .number(let text) where text.utf8.allSatisfy(AwkLexer.isDigit): "$\(text)"
    case .variable(let name): "$\(name)"
    default: "$(\(bare(number)))"
    }
  }

  /// `$2++` is a syntax error to busybox awk, `$(2)++` is not.
  private static func step(_ step: AwkStep, _ place: AwkExpression) -> String {
    let sign = step.increments ? "++" : "--"
    if step.isPrefix { return sign + bare(place) }
    if case .field(let number) = place { return "$(\(bare(number)))\(sign)" }
    return bare(place) + sign
  }

  /// Side by side, and a name never right before a parenthesis, which would look like a call.
  private static func concatenation(_ parts: [AwkExpression]) -> String {
    var text = ""
    for (position, part) in parts.enumerated() {
      let next = position + 1 < parts.count ? operand(parts[position + 1]) : ""
      let isName: Bool
      switch part {
      case .variable, .field(.variable), .field(.number): isName = true
      default: isName = false
      }
      let own = isName && next.hasPrefix("(") ? "(\(bare(part)))" : operand(part)
      text += (position == 0 ? "" : " ") + own
    }
    return text
  }
}
