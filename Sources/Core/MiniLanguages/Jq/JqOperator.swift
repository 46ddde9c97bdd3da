/// Binary operators but `|` and `,`.
enum JqOperator: String, CaseIterable, Sendable {
  case alternative = "//"
  case assign = "="
  case update = "|="
  case add = "+="
  case subtract = "-="
  case multiply = "*="
  case divide = "/="
  case modulo = "%="
  case alternate = "//="
  case or
  case and
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case over = "/"
  case remainder = "%"

  /// How tightly it binds, as in jq's grammar: above `|` and `,`, which are lower than all.
  var level: Int {
    switch self {
    case .alternative: 1
    case .assign, .update, .add, .subtract, .multiply, .divide, .modulo, .alternate: 2
    case .or: 3
    case .and: 4
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 5
    case .plus, .minus: 6
    case .times, .over, .remainder: 7
    }
  }

  static let lowestLevel = 1
  /// The level of the operand of a prefix `-`.
  static let negationLevel = 7

  var association: Association {
    switch self {
    case .alternative: .right
    case .or, .and, .plus, .minus, .times, .over, .remainder: .left
    default: .none
    }
  }

  enum Association {
    case left, right, none
  }
}
