internal import CommandGrammar
internal import Policy

/// Operand patterns that take what one takes now and operands that were seen, narrowest first.
struct OperandProposals {
  let old: OperandPattern
  /// The operands of each use.
  let seen: [[Word]]

  var patterns: [OperandPattern] {
    if old.items.isEmpty { return fresh }
    var patterns: [OperandPattern] = []
    if let item = old.items.last {
      // More of the same.
      var more = old
      more.items[more.items.count - 1].quantity =
        item.quantity == .one || item.quantity == .atLeastOne ? .atLeastOne : .any
      if more != old { patterns.append(more) }
    }
    // Another type for one of the items.
    for index in old.items.indices {
      let values = seen.flatMap { $0.compactMap(\.text) }.filter {
        old.items[index].type.acceptsSeparate($0) != nil
      }
      guard !values.isEmpty else { continue }
      for type in NarrowestType.widenings(of: old.items[index].type, by: values) {
        var changed = old
        changed.items[index].type = type
        patterns.append(changed)
      }
    }
    return patterns
  }

  /// For a command that takes no operands yet. No operands stay allowed.
  private var fresh: [OperandPattern] {
    let most = seen.map(\.count).max() ?? 0
    var patterns: [OperandPattern] = []
    if most == 1, let type = type(of: seen.flatMap { $0 }) {
      patterns.append(OperandPattern([OperandPattern.Item(type: type, quantity: .optional)]))
    }
    if (2...3).contains(most) {
      // Words of a kind at each place, such as a verb and a name.
      let types = (0..<most).map { place in type(of: seen.compactMap { $0.count > place ? $0[place] : nil }) }
      let items = types.compactMap { $0.map { OperandPattern.Item(type: $0, quantity: .optional) } }
      if items.count == most, Set(items.map(\.type.description)).count == most {
        patterns.append(OperandPattern(items))
      }
    }
    if let type = type(of: seen.flatMap { $0 }) {
      patterns.append(OperandPattern([OperandPattern.Item(type: type, quantity: .any)]))
    }
    return patterns
  }

  /// Only files take wildcards.
  private func type(of words: [Word]) -> ArgumentType? {
    let texts = words.compactMap(\.text)
    guard texts.count == words.count else {
      return words.allSatisfy { $0.text.map { ArgumentType.path.accepts($0) == nil } ?? true } ? .path : nil
    }
    return NarrowestType.type(of: texts)
  }
}
