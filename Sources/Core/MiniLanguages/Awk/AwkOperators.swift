/// How strongly operators bind, from awk(1p), "Expressions in Decreasing Precedence in awk".
enum AwkPrecedence: Int, Comparable, Sendable {
  case or = 1
  case and, membership, match, comparison, concatenation, sum, product, factor

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Of what may stand on the right: everything here groups from the left, or not at all.
  var next: Self { Self(rawValue: rawValue + 1) ?? .factor }

  /// `a < b < c` and `a ~ b ~ c` mean nothing.
  var isChained: Bool { self != .match && self != .comparison }
}

extension AwkSymbol {
  /// The operator between two operands that it is; powers are not among them, they bind more strongly than signs.
  var binary: (operator: AwkBinaryOperator, precedence: AwkPrecedence)? {
    switch self {
    case .or: (.or, .or)
    case .and: (.and, .and)
    case .matches: (.matches, .match)
    case .matchesNot: (.matchesNot, .match)
    case .less: (.less, .comparison)
    case .lessOrEqual: (.lessOrEqual, .comparison)
    case .equal: (.equal, .comparison)
    case .unequal: (.unequal, .comparison)
    case .greater: (.greater, .comparison)
    case .greaterOrEqual: (.greaterOrEqual, .comparison)
    case .plus: (.add, .sum)
    case .minus: (.subtract, .sum)
    case .star: (.multiply, .product)
    case .slash: (.divide, .product)
    case .percent: (.remainder, .product)
    default: nil
    }
  }

  var unary: AwkUnaryOperator? {
    switch self {
    case .minus: .minus
    case .plus: .plus
    case .not: .not
    default: nil
    }
  }

  var assignment: AwkAssignmentOperator? {
    switch self {
    case .assign: .assign
    case .addAssign: .add
    case .subtractAssign: .subtract
    case .multiplyAssign: .multiply
    case .divideAssign: .divide
    case .remainderAssign: .remainder
    case .powerAssign: .power
    default: nil
    }
  }

  /// Whether it is `++`; nil if it is not `--` either.
  var increments: Bool? {
    switch self {
    case .increment: true
    case .decrement: false
    default: nil
    }
  }
}
