internal import CommandGrammar

/// Finds for each operand the item of a pattern that takes it: greedily, with backtracking, at most once for each
/// pair of operand and item.
struct OperandMatcher {
  private let items: [OperandPattern.Item]
  private let operands: [Word]
  private let context: MatchContext
  private var types: [ArgumentType] = []
  /// Pairs that are known to lead nowhere; made on the first failure.
  private var dead: [Bool] = []
  /// The furthest operand that nothing took, and why; `operands.count` when operands are missing.
  private var furthest = -1
  private var mismatches: [(type: ArgumentType, mismatch: TypeMismatch)] = []

  init(items: [OperandPattern.Item], operands: [Word], in context: MatchContext = MatchContext()) {
    self.items = items
    self.operands = operands
    self.context = context
  }

  mutating func match() throws(UsageRefusal) -> [ArgumentType] {
    types.reserveCapacity(operands.count)
    guard match(operand: 0, item: 0, isRepeat: false) else { throw refusal }
    return types
  }

  /// Matches the operands from `operand` with the items from `item`; `isRepeat` when the item took one already.
  private mutating func match(operand: Int, item: Int, isRepeat: Bool) -> Bool {
    guard item < items.count else {
      if operand == operands.count { return true }
      note(operand, nil)
      return false
    }
    let pair = (operand * items.count + item) * 2 + (isRepeat ? 1 : 0)
    if !dead.isEmpty, dead[pair] { return false }
    let quantity = items[item].quantity
    if operand < operands.count {
      let type = items[item].type
      if let mismatch = mismatch(operands[operand], type) {
        note(operand, (type, mismatch))
      } else {
        types.append(type)
        let repeats = quantity == .any || quantity == .atLeastOne
        if match(operand: operand + 1, item: repeats ? item : item + 1, isRepeat: repeats) { return true }
        types.removeLast()
      }
    } else if quantity == .one || quantity == .atLeastOne, !isRepeat {
      note(operand, (items[item].type, TypeMismatch("")))
    }
    if isRepeat || quantity == .optional || quantity == .any,
      match(operand: operand, item: item + 1, isRepeat: false)
    {
      return true
    }
    if dead.isEmpty { dead = Array(repeating: false, count: (operands.count + 1) * items.count * 2) }
    dead[pair] = true
    return false
  }

  private func mismatch(_ word: Word, _ type: ArgumentType) -> TypeMismatch? {
    guard let text = word.text else {
      guard type.takesWildcards else { return word.wildcardMismatch(expected: type.phrase) }
      guard case .bounded(let bounded) = type else { return nil }
      return bounded.mismatch(word, in: context)
    }
    if context.fullWord(for: text, type) != nil { return nil }
    return type.acceptsSeparate(text, in: context)
  }

  private mutating func note(_ operand: Int, _ found: (type: ArgumentType, mismatch: TypeMismatch)?) {
    if operand > furthest {
      furthest = operand
      mismatches = []
    }
    guard operand == furthest, let found, !mismatches.contains(where: { $0.type == found.type }) else {
      return
    }
    mismatches.append(found)
  }

  private var refusal: UsageRefusal {
    let expected = mismatches.map(\.type.phrase).joined(separator: " or ")
    guard furthest < operands.count else {
      return UsageRefusal("an operand is missing", hint: "\(expected) is expected")
    }
    let text = operands[furthest].unquoted
    let word = shown(text)
    if mismatches.isEmpty {
      return items.isEmpty
        ? UsageRefusal("operand \(word) is not allowed", hint: "no operands are taken here", word: text)
        : UsageRefusal(
          "one operand too many: \(word)", hint: "operands: \(OperandPattern(items))", word: text)
    }
    // The wildcard's own explanation says more than that it fits none of several types.
    if mismatches.count == 1 || operands[furthest].text == nil {
      var mismatch = mismatches[0].mismatch
      if mismatch.hint.isEmpty, case .pattern = mismatches[0].type, text.utf8.first == UInt8(ascii: "-") {
        mismatch.hint = "attach it to the option that takes a pattern, such as -e\(text)"
      }
      return UsageRefusal(mismatch, word: text)
    }
    return UsageRefusal("operand \(word) is not allowed", hint: "\(expected) is expected", word: text)
  }
}
