internal import CommandGrammar
internal import Policy

/// The words of a stage as a rule reads them, and the first thing in them that the rule does not take.
///
/// It is a guess at what to propose and decides nothing: a proposal counts only if the judge then allows the line.
struct WordReading {
  enum Fault: Equatable {
    /// Options that are not listed, each as it was met.
    case unlisted([UnlistedOption])
    case verb(String)
    case verbMissing
    case value(of: OptionRule, value: String)
    case repeated(OptionRule)
    /// Operands that the pattern does not take.
    case operands([Word])
    /// What the author of the rule decided: exclusive and required options, abbreviations.
    case deliberate
  }

  /// An option that a rule does not list, and what is seen of its value.
  struct UnlistedOption: Equatable {
    enum Value: Equatable {
      /// `--name=value`.
      case attached(String)
      /// Another option or nothing follows, or it stands in a bundle before an option that is listed.
      case none
      /// A word follows that may be its value or an operand.
      case perhaps(Word)
    }

    var name: String
    var value: Value
  }

  let rule: CommandRule
  private(set) var unlisted: [UnlistedOption] = []
  private var uses: [(option: Int, value: String?, isAttached: Bool)] = []
  private(set) var operands: [Word] = []
  private var isAbbreviated = false
  private let table: OptionTable

  init(rule: CommandRule, words: ArraySlice<Word>) {
    self.rule = rule
    table = rule.verbs.map { Self.allOptions(of: $0, rule) } ?? rule.usage.options
    read(words)
  }

  /// The verb's rule, when the command has verbs and this one is known.
  var verb: VerbRule? {
    guard let verbs = rule.verbs else { return nil }
    return (operands.first?.text ?? verbs.standard).flatMap { verbs.rule(named: $0) }
  }

  var usage: Usage { verb?.usage ?? rule.usage }

  /// The operands without the verb.
  var ownOperands: [Word] { rule.verbs == nil ? operands : Array(operands.dropFirst()) }

  var fault: Fault {
    if isAbbreviated { return .deliberate }
    // The verb first: it says whose options these are.
    if rule.verbs != nil, verb == nil {
      return operands.first.map { .verb($0.written) } ?? .verbMissing
    }
    if !unlisted.isEmpty { return .unlisted(unlisted) }
    var given: Set<Int> = []
    for use in uses {
      let option = table.rules[use.option]
      guard let index = usage.options.index(of: option.names[0]) else {
        return .unlisted([
          UnlistedOption(name: option.names[0], value: use.value.map { .attached($0) } ?? .none)
        ])
      }
      if !given.insert(index).inserted, !option.isRepeatable { return .repeated(option) }
      guard let value = use.value, let type = option.type else { continue }
      if (use.isAttached ? type.accepts(value) : type.acceptsSeparate(value)) != nil {
        return .value(of: option, value: value)
      }
    }
    let excluded = usage.exclusive.contains { group in group.count(where: given.contains) > 1 }
    if excluded || !usage.required.allSatisfy(given.contains) { return .deliberate }
    return .operands(ownOperands)
  }

  private static func allOptions(of verbs: VerbTable, _ rule: CommandRule) -> OptionTable {
    var rules = rule.usage.options.rules
    for option in verbs.rules.flatMap(\.usage.options.rules)
    where !rules.contains(where: { $0.names[0] == option.names[0] }) {
      rules.append(option)
    }
    return OptionTable(rules)
  }

  // MARK: Scanning

  private mutating func read(_ words: ArraySlice<Word>) {
    var rest = words
    var isGetopt = false
    var stopsAtOperand = false
    switch rule.convention {
    case .getopt, .verbsGetopt: isGetopt = true
    case .posix: (isGetopt, stopsAtOperand) = (true, true)
    default: break
    }
    while let word = rest.popFirst() {
      guard let text = word.text, text.hasPrefix("-") || table.index(of: text) != nil, text != "-" else {
        operands.append(word)
        if stopsAtOperand { break }
        continue
      }
      if isGetopt, text == "--" { break }
      if !isGetopt || text.hasPrefix("--") {
        readWord(text, isGetopt: isGetopt, &rest)
      } else {
        readBundle(text, &rest)
      }
    }
    operands += rest
  }

  private mutating func readWord(_ text: String, isGetopt: Bool, _ rest: inout ArraySlice<Word>) {
    let parts =
      isGetopt
      ? text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) : [Substring(text)]
    let name = String(parts[0])
    guard let index = table.index(of: name) else {
      if isGetopt, name.utf8.count > 2, table.names.contains(where: { $0.hasPrefix(name) }) {
        isAbbreviated = true
      }
      let value = parts.count > 1 ? UnlistedOption.Value.attached(String(parts[1])) : Self.following(rest)
      unlisted.append(UnlistedOption(name: name, value: value))
      return
    }
    if parts.count > 1 {
      uses.append((index, String(parts[1]), true))
    } else if case .required = table.rules[index].value {
      uses.append((index, rest.popFirst()?.text, false))
    } else {
      uses.append((index, nil, false))
    }
  }

  private mutating func readBundle(_ text: String, _ rest: inout ArraySlice<Word>) {
    if text.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      table.index(of: String(text.prefix(2))) == nil
    {
      if let index = table.index(of: OptionRule.numeric) {
        uses.append((index, String(text.dropFirst()), true))
      } else {
        unlisted.append(UnlistedOption(name: OptionRule.numeric, value: .attached(String(text.dropFirst()))))
      }
      return
    }
    var letters = text.dropFirst()
    while let letter = letters.popFirst() {
      let name = "-\(letter)"
      guard let index = table.index(of: name) else {
        unlisted.append(
          UnlistedOption(name: name, value: letters.isEmpty ? Self.following(rest) : bundled(letters)))
        continue
      }
      switch table.rules[index].value {
      case .flag: uses.append((index, nil, false))
      case .required where letters.isEmpty: uses.append((index, rest.popFirst()?.text, false))
      case .optional where letters.isEmpty: uses.append((index, nil, false))
      case .required, .optional:
        uses.append((index, String(letters), true))
        return
      }
    }
  }

  /// What follows in the same word is more options if it begins with one, and may be a value otherwise.
  private func bundled(_ letters: Substring) -> UnlistedOption.Value {
    guard let next = letters.first, next.isLetter, !letters.contains(where: { !$0.isLetter }) else {
      return .attached(String(letters))
    }
    return .none
  }

  private static func following(_ rest: ArraySlice<Word>) -> UnlistedOption.Value {
    guard let next = rest.first, next.text?.hasPrefix("-") != true else { return .none }
    return .perhaps(next)
  }
}
