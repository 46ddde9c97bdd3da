internal import CommandGrammar

/// A part of a canonical argument vector, and what its rule takes it for.
package struct WordBinding: Equatable, Sendable {
  package enum Meaning: Equatable, Sendable {
    /// `argv[0]`.
    case name
    /// Always added by the rule.
    case fixed
    /// An option, with its value if it has one.
    case option(OptionRule)
    case verb
    /// `--` before the operands, or an operator of an expression.
    case sign
    /// An operand and the type that it is of.
    case operand(ArgumentType)
    /// A word to which the rule gives no meaning of its own.
    case other
  }

  /// One or two words of the vector, as they stand in a line.
  package var text: String
  package var meaning: Meaning
}

extension CommandRule {
  /// The words of an execution that this rule allowed, each with its meaning.
  ///
  /// It reads what will run, not what was asked: the two may differ in order and form.
  package func bindings(of execution: Execution) -> [WordBinding] {
    var reader = VectorReader(rule: self, execution.arguments)
    return reader.read()
  }
}

private struct VectorReader {
  let rule: CommandRule
  var rest: ArraySlice<Execution.Argument>
  var bindings: [WordBinding] = []
  var given: Set<Int> = []

  init(rule: CommandRule, _ arguments: [Execution.Argument]) {
    self.rule = rule
    rest = arguments[...]
  }

  mutating func read() -> [WordBinding] {
    take(.name)
    for _ in rule.fixed { take(.fixed) }
    var usage = verbUsage
    if rule.convention == .find {
      readFind()
      return bindings
    }
    if rule.convention == .bsd { takeLetters() }
    takeOptions(rule.verbs?.options ?? rule.usage.options)
    if rule.convention.hasVerbs {
      take(.verb)
      if rule.convention == .verbsWords { takeOptions(usage?.options ?? OptionTable([])) }
    } else {
      usage = rule.usage
    }
    if rule.separator, nextText == "--" { take(.sign) }
    takeOperands(Array(rest), usage)
    return bindings
  }

  /// The usage of the verb that the vector has: the first word that is one where a verb can stand.
  private var verbUsage: Usage? {
    guard let verbs = rule.verbs else { return nil }
    var ahead = self
    ahead.takeOptions(verbs.options)
    return ahead.nextText.flatMap { verbs.rule(named: $0)?.usage }
  }

  private var nextText: String? {
    guard case .literal(let text) = rest.first else { return nil }
    return text
  }

  private mutating func take(_ meaning: WordBinding.Meaning, count: Int = 1) {
    guard rest.count >= count else { return }
    let text = rest.prefix(count).map(\.canonicalText).joined(separator: " ")
    rest = rest.dropFirst(count)
    bindings.append(WordBinding(text: text, meaning: meaning))
  }

  /// A first word of letters without `-`, and the value of the last one.
  private mutating func takeLetters() {
    guard let text = nextText, let first = text.utf8.first, ByteSet.letters.contains(first) else { return }
    var takesNext = false
    var names: [String] = []
    for letter in text.unicodeScalars {
      guard let index = rule.usage.options.index(of: String(letter)) else { return }
      given.insert(index)
      names.append(String(letter))
      if case .required = rule.usage.options.rules[index].value {
        takesNext = names.count == text.unicodeScalars.count
        break
      }
    }
    take(.option(OptionRule(names: [names.joined()], value: .flag)), count: takesNext ? 2 : 1)
  }

  private mutating func takeOptions(_ table: OptionTable) {
    while let text = nextText, let (index, words) = option(text, in: table) {
      if let own = rule.usage.options.index(of: table.rules[index].names[0]) { given.insert(own) }
      take(.option(table.rules[index]), count: words)
    }
  }

  /// The option that a word of the vector is, and how many words it takes with its value.
  private func option(_ text: String, in table: OptionTable) -> (index: Int, words: Int)? {
    if let numeric = table.numeric, table.index(of: text) == nil, text.utf8.first == UInt8(ascii: "-"),
      text.utf8.count == 2, text.utf8.dropFirst().allSatisfy({ ByteSet.digits.contains($0) })
    {
      return (numeric, 1)
    }
    if let index = table.index(of: text) {
      if case .required = table.rules[index].value { return (index, 2) }
      return (index, 1)
    }
    switch rule.convention {
    case .getopt, .posix, .verbsGetopt, .bsd: break
    case .assignments:
      return text.firstIndex(of: "=").flatMap { table.index(of: String(text[..<$0])) }.map { ($0, 1) }
    case .words, .find, .verbsWords: return nil
    }
    let bytes = text.utf8
    guard bytes.count > 2, bytes.first == UInt8(ascii: "-"), text != "--" else { return nil }
    if text.hasPrefix("--") {
      return bytes.firstIndex(of: UInt8(ascii: "=")).flatMap {
        table.index(of: String(Substring(bytes[..<$0])))
      }.map { ($0, 1) }
    }
    if let index = table.index(of: String(text.prefix(2))) { return (index, 1) }
    return bytes.dropFirst().allSatisfy({ ByteSet.digits.contains($0) }) ? table.numeric.map { ($0, 1) } : nil
  }

  private mutating func takeOperands(_ operands: [Execution.Argument], _ usage: Usage?) {
    let types = usage.flatMap { operandTypes(operands.map(\.word), $0) }
    for index in operands.indices {
      if let types { take(.operand(types[index])) } else { take(.other) }
    }
  }

  private func operandTypes(_ words: [Word], _ usage: Usage) -> [ArgumentType]? {
    var matcher = OperandMatcher(
      items: usage.items(given.contains), operands: words, in: MatchContext(bounds: .unbounded))
    return try? matcher.match()
  }

  /// find(1): leading options, start paths, expression.
  private mutating func readFind() {
    let table = rule.usage.options
    while let text = nextText, ["-H", "-L", "-P"].contains(text), let index = table.index(of: text) {
      take(.option(table.rules[index]))
    }
    let paths = rest.prefix { argument in
      guard case .literal(let text) = argument else { return true }
      return !["(", ")", "!", ","].contains(text) && (!text.hasPrefix("-") || text == "-")
    }
    takeOperands(Array(paths), rule.usage)
    while let text = nextText {
      if let (index, words) = option(text, in: table) {
        take(.option(table.rules[index]), count: words)
      } else {
        take(.sign)
      }
    }
  }
}

extension Execution.Argument {
  fileprivate var word: Word {
    switch self {
    case .literal(let text): Word(text)
    case .glob(let word): word
    }
  }
}
