extension ArgumentType {
  /// Whether every word of its own that `other` takes is taken by this type too. False may also mean that it is not
  /// easily told.
  package func takesAll(of other: ArgumentType) -> Bool {
    if self == other { return true }
    // What a variable lists is not for this place to know.
    if case .bounded = self { return false }
    if case .choice(let words) = other {
      // A word that `other` itself can never take does not count.
      return words.allSatisfy { other.acceptsSeparate($0) != nil || acceptsSeparate($0) == nil }
    }
    switch (self, other) {
    case (.path, .directory), (.user, .group), (.group, .user): return true
    case (.count(let range), .count(let inner)):
      // A wider range also takes signs; a narrower one that begins above zero takes none.
      return range.contains(inner.lowerBound) && range.contains(inner.upperBound)
    case (.pattern, .unit), (.pattern, .duration), (.pattern, .time), (.pattern, .pid), (.pattern, .user),
      (.pattern, .group), (.pattern, .interface), (.pattern, .address), (.pattern, .host):
      return true
    case (.pattern, .count(let range)): return range.lowerBound >= 0
    default: return false
    }
  }
}

extension AnchoredExpression {
  /// Whether some word that does not begin with `-` can match, or the empty word.
  package var canMatchOtherThanDash: Bool {
    var seen: Set<Int> = []
    var pending = [0]
    while let state = pending.popLast() {
      guard seen.insert(state).inserted else { continue }
      switch program[state] {
      case .jump(let target): pending.append(target)
      case .split(let first, let second): pending += [first, second]
      case .byte(let byte): if byte != UInt8(ascii: "-") { return true }
      case .set(let set):
        if (UInt8(1)...255).contains(where: { $0 != UInt8(ascii: "-") && set.contains($0) }) { return true }
      case .accept: return true
      }
    }
    return false
  }
}

extension OperandPattern {
  /// How many operands there must be whatever the options.
  package var minimumCount: Int {
    items.count {
      ($0.quantity == .one || $0.quantity == .atLeastOne) && $0.unless.isEmpty && $0.with.isEmpty
    }
  }
}
