import TestSupport

@testable import MiniLanguages

/// Random trees as the parser makes them: names are never computed from a constant, and no text follows a text.
struct JqRandomFilters {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func filter() -> JqFilter { JqFilter(expression(4)) }

  mutating func expression(_ depth: Int) -> JqExpression {
    guard depth > 0 else { return leaf() }
    switch Int.random(in: 0...17, using: &generator) {
    case 0, 1, 2: return index(depth)
    case 3: return .pipe((0..<Int.random(in: 2...3, using: &generator)).map { _ in expression(depth - 1) })
    case 4: return .comma([expression(depth - 1), expression(depth - 1)])
    case 5, 6, 7: return .binary(pick(JqOperator.allCases), expression(depth - 1), expression(depth - 1))
    case 8: return .array(Bool.random(using: &generator) ? nil : expression(depth - 1))
    case 9: return .object((0..<Int.random(in: 0...2, using: &generator)).map { _ in entry(depth) })
    case 10:
      return .conditional(expression(depth - 1), then: expression(depth - 1), else: expression(depth - 1))
    case 11:
      return .attempt(
        expression(depth - 1), handler: Bool.random(using: &generator) ? nil : expression(depth - 1))
    case 12: return .negation(expression(depth - 1))
    case 13: return .optional(expression(depth - 1))
    case 14: return fold(depth)
    case 15: return .binding(expression(depth - 1), patterns(depth), body: expression(depth - 1))
    case 16: return definition(depth)
    default: return .string(string(depth))
    }
  }

  private mutating func leaf() -> JqExpression {
    switch Int.random(in: 0...7, using: &generator) {
    case 0, 1: .identity
    case 2: .descend
    case 3: .constant(pick(JqConstant.allCases))
    case 4: .number(pick(["0", "1", "2.5", "1e2", "10"]))
    case 5: .string(string(0))
    case 6: .call(pick(["length", "keys", "not", "type", "empty", "add"]), [])
    default: .index(.identity, .name(pick(["a", "b", "a b", "if"])), optional: .random(using: &generator))
    }
  }

  private mutating func index(_ depth: Int) -> JqExpression {
    let index: JqIndex =
      switch Int.random(in: 0...4, using: &generator) {
      case 0, 1: .name(pick(["a", "b", "c d", "é", "\"", ""]))
      case 2: .all
      case 3: .key(keyExpression(depth))
      default: .slice(expression(depth - 1), Bool.random(using: &generator) ? nil : expression(depth - 1))
      }
    return .index(expression(depth - 1), index, optional: .random(using: &generator))
  }

  /// A constant string as a key is a name.
  private mutating func keyExpression(_ depth: Int) -> JqExpression {
    let key = expression(depth - 1)
    if case .string(let string) = key, string.constant != nil { return .number("0") }
    return key
  }

  private mutating func entry(_ depth: Int) -> JqEntry {
    if Bool.random(using: &generator) {
      return JqEntry(key: .name(pick(["a", "b c", "é\n", ""])), value: expression(depth - 1))
    }
    return JqEntry(key: .computed(keyExpression(depth)), value: expression(depth - 1))
  }

  private mutating func fold(_ depth: Int) -> JqExpression {
    let source = expression(depth - 1)
    let patterns = patterns(depth)
    let start = expression(depth - 1)
    let update = expression(depth - 1)
    if Bool.random(using: &generator) { return .reduce(source, patterns, start: start, update: update) }
    return .foreach(
      source, patterns, start: start, update: update,
      extract: Bool.random(using: &generator) ? nil : expression(depth - 1))
  }

  private mutating func patterns(_ depth: Int) -> [JqPattern] {
    (0..<Int.random(in: 1...2, using: &generator)).map { _ in pattern(depth) }
  }

  private mutating func pattern(_ depth: Int) -> JqPattern {
    guard depth > 1 else { return .variable("x") }
    switch Int.random(in: 0...3, using: &generator) {
    case 0: return .array([pattern(depth - 1), .variable("y")])
    case 1:
      return .object([
        JqPattern.Entry(key: .name(pick(["a", "b c"])), value: pattern(depth - 1)),
        JqPattern.Entry(
          key: .variable("z"), value: Bool.random(using: &generator) ? nil : pattern(depth - 1)),
        JqPattern.Entry(key: .computed(keyExpression(depth)), value: pattern(depth - 1)),
      ])
    default: return .variable(pick(["x", "y"]))
    }
  }

  private mutating func definition(_ depth: Int) -> JqExpression {
    let parameters: [JqDefinition.Parameter] = pick([[], [.filter("g")], [.variable("v"), .filter("h")]])
    var body = leaf()
    if let parameter = parameters.first, Bool.random(using: &generator) { body = .call(parameter.name, []) }
    let call = JqExpression.call("f", parameters.map { _ in expression(1) })
    return .definition(
      JqDefinition(name: "f", parameters: parameters, body: body), body: .pipe([call, expression(depth - 1)]))
  }

  private mutating func string(_ depth: Int) -> JqString {
    var parts: [JqString.Part] = []
    if Bool.random(using: &generator) {
      parts.append(.text(pick(["a", "\\", "\"", "\n", "\\(", "é😀", "\u{1}", "$ENV", "#", "env", "a b"])))
    }
    if depth > 0, Bool.random(using: &generator) { parts.append(.interpolation(expression(depth - 1))) }
    return JqString(format: pick([nil, nil, nil, .json, .sh]), parts: parts)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &generator)]
  }
}
