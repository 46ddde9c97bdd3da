internal import Policy
internal import Yams

// Parts of a rule that no line can ever reach. Each warning is proven: what might be reached is not named.

extension FileDecoder {
  /// Items that an earlier one leaves nothing to, and words of items that no operand can be.
  mutating func warnOfUnreachableItems(
    _ items: [OperandPattern.Item], at nodes: [Node], options: Set<String>, _ convention: ArgumentConvention
  ) {
    for (index, item) in items.enumerated() {
      if let taker = items[..<index].indices.first(where: { leavesNothing(items[$0...index]) }) {
        warn(
          nodes[index], "no operand reaches `\(item)`: `\(items[taker])` takes it",
          hint: "drop the item, or put the narrower type first")
      }
      warnOfUnreachableWords(in: item.type, nodes[index])
      if convention == .words, case .choice(let words) = item.type,
        let word = words.first(where: options.contains)
      {
        warn(
          nodes[index], "`\(word)` is never an operand: it is an option",
          hint: "drop it from one of the two places")
      }
    }
  }

  /// Whether the first of these items takes any number of operands and all that the others could take.
  private func leavesNothing(_ items: ArraySlice<OperandPattern.Item>) -> Bool {
    guard let taker = items.first, taker.quantity == .any || taker.quantity == .atLeastOne else {
      return false
    }
    return items.dropFirst().allSatisfy { item in
      item.canBeAbsent && taker.isAlwaysThere(with: item) && taker.type.takesAll(of: item.type)
    }
  }

  /// As above, for the value of an option where it is always a word of its own.
  mutating func warnOfUnreachableWords(_ rule: OptionRule, _ node: Node, _ convention: ArgumentConvention) {
    guard let type = rule.type else { return }
    switch convention {
    // find(1) takes the next word whatever it begins with, and getopt an attached value.
    case .words, .verbsWords: warnOfUnreachableWords(in: type, node)
    default: warnOfRepeatedWords(in: type, node)
    }
  }

  private mutating func warnOfUnreachableWords(in type: ArgumentType, _ node: Node) {
    warnOfRepeatedWords(in: type, node)
    switch type {
    case .choice(let words):
      for word in words where word.utf8.first == UInt8(ascii: "-") {
        warn(
          node, "`\(word)` can never be given here: it begins with `-`",
          hint: "list it under `options` as a flag")
      }
    case .word(let expression) where !expression.canMatchOtherThanDash:
      warn(
        node, "this expression can never match here: a word may not begin with `-`",
        hint: "list such words under `options`")
    default: break
    }
  }

  private mutating func warnOfRepeatedWords(in type: ArgumentType, _ node: Node) {
    guard case .choice(let words) = type else { return }
    var known: Set<String> = []
    for word in words where !known.insert(word).inserted {
      warn(node, "`\(word)` stands twice in `one of`", hint: "drop one of the two")
    }
  }

  /// Groups that exclude nothing, and options that can never be given since a required one excludes them.
  mutating func warnOfImpossibleOptions(
    _ names: [String], at node: Node, among rules: [OptionRule], required: [String]
  ) {
    func index(_ name: String) -> Int? { rules.firstIndex { $0.names.contains(name) } }
    let members = Set(names.compactMap(index))
    if members.count < 2 {
      warn(
        node, "a group of one option excludes nothing",
        hint: "name two options or more; a second use of one is refused anyway")
      return
    }
    let needed = members.intersection(required.compactMap(index)).sorted()
    guard let first = needed.first else { return }
    let name = rules[first].names[0]
    if needed.count > 1 {
      warn(
        node, "\(name) and \(rules[needed[1]].names[0]) are required and exclude each other",
        hint: "nothing can be run like this: drop one from `required`")
      return
    }
    for other in members.subtracting(needed).sorted() {
      warn(
        node, "\(rules[other].names[0]) can never be given: \(name) is required and excludes it",
        hint: "drop it from `options`, or \(name) from `required`")
    }
  }

  /// A spelling that is read as something else before it is looked up.
  mutating func warnOfShadowedSpelling(
    _ name: String, _ key: Node, _ convention: ArgumentConvention, taken: Set<String>, offset: Int
  ) {
    if convention == .find, ["-not", "-a", "-and", "-o", "-or"].contains(name) {
      warn(
        key, "`\(name)` is always find's operator", hint: "drop it: the operators are built in",
        offset: offset)
    }
    let isDigit =
      name.utf8.count == 2 && name.utf8.last.map(ByteSet.digits.contains) == true
    if isDigit, taken.contains(OptionRule.numeric) {
      warn(
        key, "`\(name)` hides numbers that begin with it from -NUM", hint: "drop one of the two",
        offset: offset)
    } else if name == OptionRule.numeric,
      let digit = (0...9).first(where: { taken.contains("-\($0)") })
    {
      warn(
        key, "`-\(digit)` hides numbers that begin with it from -NUM", hint: "drop one of the two",
        offset: offset)
    }
  }

  mutating func checkOperandCount(_ rule: CommandRule, at node: Node?) {
    guard let node else { return }
    let usages = rule.verbs?.rules.map(\.usage) ?? [rule.usage]
    guard let usage = usages.first(where: { $0.operands.minimumCount > rule.maximumOperands }) else { return }
    warn(
      node, "`\(usage.operands)` needs \(usage.operands.minimumCount) operands, and fewer are allowed",
      hint: "raise maximum-operands")
  }

  /// Hints for what is allowed, which nobody gets to see.
  mutating func warnOfUnseenHints(in rule: CommandRule, _ node: Node?) {
    guard let node else { return }
    for (key, words, _) in entries(node, "hints") {
      for (word, offset) in listed(words) {
        let isOption = rule.usage.options.index(of: word) != nil
        // That of an option with a value is shown when the value is refused, or the option is missing.
        if let index = rule.usage.options.index(of: word), rule.usage.options.rules[index].type != nil {
          continue
        }
        guard isOption || rule.verbs?.rule(named: word) != nil else { continue }
        warn(
          key, "nobody sees this hint: \(isOption ? "option" : "verb") `\(word)` is allowed",
          hint: "hints are shown for words that are refused", offset: offset)
      }
    }
  }

  mutating func warnOfRepetition(_ names: [(node: Node, text: String)], _ what: String) {
    var known: Set<String> = []
    for (node, name) in names where !known.insert(name).inserted {
      warn(node, "`\(name)` stands twice in \(what)", hint: "drop one of the two")
    }
  }
}

extension OperandPattern.Item {
  fileprivate var canBeAbsent: Bool { quantity == .optional || quantity == .any }

  /// Whether this item is there whenever `other` is.
  fileprivate func isAlwaysThere(with other: OperandPattern.Item) -> Bool {
    let isThere = with.isEmpty || !other.with.isEmpty && Set(other.with).isSubset(of: with)
    return isThere && Set(unless).isSubset(of: other.unless)
  }
}
