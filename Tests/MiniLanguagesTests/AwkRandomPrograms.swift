import TestSupport

@testable import MiniLanguages

/// Trees as parsing can give them, and texts that look almost valid.
struct AwkRandomPrograms {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func pick<T>(_ array: [T]) -> T { array[int(0...(array.count - 1))] }

  // MARK: Trees

  mutating func program() -> AwkProgram {
    var items: [AwkItem] = [.function("f", parameters: ["p", "q"], statements(depth: 2, isInFunction: true))]
    for _ in 0..<int(1...3) {
      let action = int(0...4) == 0 ? [.print([])] : statements(depth: 3)
      switch int(0...4) {
      case 0: items.append(.begin(action))
      case 1: items.append(.end(action))
      case 2: items.append(.always(action))
      case 3: items.append(.range(expression(2), expression(2), action))
      default: items.append(.when(expression(3), action))
      }
    }
    return AwkProgram(items: items.shuffled(using: &generator))
  }

  private mutating func statements(depth: Int, isInFunction: Bool = false, isInLoop: Bool = false)
    -> [AwkStatement]
  {
    (0..<int(0...3)).map { _ in statement(depth, isInFunction, isInLoop) }
  }

  private mutating func statement(_ depth: Int, _ isInFunction: Bool, _ isInLoop: Bool) -> AwkStatement {
    let inner = { (self: inout Self, isInLoop: Bool) in
      self.statements(depth: depth - 1, isInFunction: isInFunction, isInLoop: isInLoop)
    }
    switch int(0...(depth > 0 ? 17 : 11)) {
    case 0...2: return .expression(expression(3))
    case 3...5: return .print(list(0...3))
    case 6: return .printFormatted([.string(Array("%s %d|".utf8))] + list(2...3))
    case 7: return .delete("a", list(0...2))
    case 8:
      return isInFunction
        ? .return(int(0...1) == 0 ? nil : expression(2)) : .exit(int(0...1) == 0 ? nil : expression(2))
    case 9:
      return isInLoop
        ? pick([.break, .continue]) : .expression(.step(AwkStep(increments: true, isPrefix: false), place(1)))
    case 10...11:
      return .expression(.assignment(pick(AwkAssignmentOperator.allCases), place(2), expression(3)))
    case 12: return .if(expression(3), inner(&self, isInLoop), inner(&self, isInLoop))
    case 13: return .while(expression(2), inner(&self, true) + [.break])
    case 14: return .doWhile(inner(&self, true), .number("0"))
    case 15: return .forIn("k", "a", inner(&self, true))
    case 16: return .for(nil, int(0...1) == 0 ? nil : expression(2), nil, inner(&self, true) + [.break])
    default: return .for(expression(2), expression(2), expression(1), inner(&self, true) + [.break])
    }
  }

  private mutating func list(_ counts: ClosedRange<Int>) -> [AwkExpression] {
    (0..<int(counts)).map { _ in expression(2) }
  }

  private mutating func place(_ depth: Int) -> AwkExpression {
    switch int(0...3) {
    case 0: .element("a", (0..<int(1...2)).map { _ in expression(depth - 1) })
    case 1: .field(int(0...1) == 0 ? .variable("i") : .number(pick(["0", "1", "2"])))
    default: .variable(pick(["x", "y", "k", "NF", "OFS"]))
    }
  }

  private mutating func expression(_ depth: Int) -> AwkExpression {
    guard depth > 0, int(0...5) > 0 else { return leaf() }
    let next = depth - 1
    switch int(0...13) {
    case 0: return .field(expression(next))
    case 1: return place(depth)
    case 2: return .unary(pick(AwkUnaryOperator.allCases), expression(next))
    case 3:
      return .binary(
        pick([.matches, .matchesNot]), expression(next), .regularExpression(pick(Self.regularExpressions)))
    case 4...6: return .binary(pick(AwkBinaryOperator.allCases), expression(next), expression(next))
    case 7: return .concatenation((0..<int(2...3)).map { _ in expression(next) })
    case 8: return .membership((0..<int(1...2)).map { _ in expression(next) }, "a")
    case 9: return .conditional(expression(next), expression(next), expression(next))
    case 10: return .assignment(pick(AwkAssignmentOperator.allCases), place(next), expression(next))
    case 11: return .step(AwkStep(increments: int(0...1) == 0, isPrefix: int(0...1) == 0), place(next))
    case 12: return .call("f", (0..<int(0...2)).map { _ in expression(next) })
    default: return function(next)
    }
  }

  private mutating func function(_ depth: Int) -> AwkExpression {
    let value = expression(depth)
    let pattern = AwkExpression.regularExpression(pick(Self.regularExpressions))
    switch int(0...6) {
    case 0: return .function(.length, [value])
    case 1: return .function(.substr, [value, expression(depth), .number("3")])
    case 2: return .function(.split, [value, .variable("a"), pick([pattern, .string(Array(",".utf8))])])
    case 3: return .function(pick([.sub, .gsub]), [pattern, value, place(depth)])
    case 4: return .function(.match, [value, pattern])
    case 5: return .function(.sprintf, [.string(Array("%5s|".utf8)), value])
    default: return .function(pick([.tolower, .toupper, .int]), [value])
    }
  }

  private mutating func leaf() -> AwkExpression {
    switch int(0...4) {
    case 0: .number(pick(["0", "1", "2.5", "1e3", "10", "0.5e-2"]))
    case 1: .string(pick(Self.strings))
    case 2: .field(.number(pick(["0", "1", "2"])))
    case 3: .field(.variable("NF"))
    default: .variable(pick(["x", "y", "k", "NR", "NF", "FS", "RSTART"]))
    }
  }

  private static let strings: [[UInt8]] =
    ["", "a", "\"", "\\", "\\\"", "/", "#", "}", "\n", "\t", "é", "a b", "%s", "\u{7f}", "'", "$1", "\\n"]
    .map { Array($0.utf8) } + [[0], [0xff, 0x41], [0x1b, 0x5b]]

  private static let regularExpressions: [[UInt8]] = [
    "a", "[=]", "\\/", "[\\/]", "[]\\/]", "[^]]", "\\]", "\\[", "[[:alpha:]_]", "\\\\", "\"", "#", "a|b",
    "(a)+", "[[]", "^$", " ",
    "[a-z\\]]", "\\.", "[^\\/]*\\/",
  ].map { Array($0.utf8) }

  // MARK: Texts

  /// What may end a string or a regular expression too early, and what would then run.
  static let fragments = [
    "/", "\\", "[", "]", "^", ":", "[:", ":]", "[[:alpha:]]", "\"", "'", "#", "\n", " ", ";", "{", "}", "(",
    ")", "$", "=", "~", "!", ",", "\\/",
    "\\\\", "\\\"", "\\]", "\\[", "[^", "[]", "[^]", "[.", "=]", "[/]", "|", "||", "&&", "+", "-", "++", "--",
    "%", ">", "<", "?", "in", "a", "x",
    "1", "$1", "NF", "print", "getline", "é", "\u{1}", "\\1", "\\x4", "@", "::", "0x1", "1e", ".5", "\\\n",
    "system(\"touch made\")", "print > \"made\"", "print | \"touch made\"", "\"touch made\" | getline",
    "{ print 1 > \"made\" }",
    "}BEGIN{system(\"touch made\")}", "/ { system(\"touch made\") } #", "\"; system(\"touch made\"); x = \"",
    "/;print>\"made\";/", "printf \"\" >> \"made\"",
  ]

  /// A program with things put in, left out and moved.
  mutating func mutated() -> String {
    var bytes = Array(pick(AwkAllowedPrograms.all).utf8)
    if int(0...2) == 0 { bytes = Array(program().description.utf8) }
    for _ in 0..<int(1...5) {
      let place = int(0...bytes.count)
      switch int(0...5) {
      case 0 where !bytes.isEmpty: bytes.remove(at: min(place, bytes.count - 1))
      case 1: bytes.insert(UInt8(int(0...255)), at: place)
      case 2:
        bytes =
          Array(bytes[..<place]) + Array(pick(AwkAllowedPrograms.all).utf8.suffix(int(0...20)))
          + bytes[place...]
      default: bytes.insert(contentsOf: Array(pick(Self.fragments).utf8), at: place)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A program around a regular expression or a string that is made to be misread.
  mutating func disguised() -> String {
    let core = (0..<int(1...7)).map { _ in pick(Self.fragments) }.joined()
    return pick([
      { "/\(core)/" }, { "{ print \"\(core)\" }" }, { "{ x = \"\(core)\"; y = \"\(core)\" }" },
      { "$1 ~ /\(core)/ { print /\(core)/ }" },
      { "{ gsub(/\(core)/, \"\(core)\"); print }" }, { "{ split($0, a, /[\(core)]/); print a[1] / 2 / 3 }" },
      { "{ print x /\(core)/ 2 }" },
      { "{ print (1)\(core) }" }, { "{ print \(core) }" }, { "{ x = \(core) }" }, { "\(core) { print }" },
      { "{ \(core) }" },
    ])()
  }

  /// Words of the language in no order.
  mutating func jumbled() -> String {
    (0..<int(1...25)).map { _ in pick(Self.fragments) }.joined(separator: pick(["", " "]))
  }
}
