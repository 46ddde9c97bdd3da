/// The tree of an awk program, as awk(1p) has its grammar, without what reaches beyond records and standard output.
///
/// There is no node for a redirection, a pipe, `getline`, a command or a name that is made at run time. So what
/// AwkPrinter prints cannot hold one.
indirect enum AwkExpression: Equatable, Sendable {
  /// A decimal constant as it is printed, such as `1`, `0.5` or `1e-6`.
  case number(String)
  /// The bytes that a string constant stands for.
  case string([UInt8])
  /// The text between the slashes, as AwkRegularExpression made it. Stands only beside `~` and as an argument of the
  /// functions that take one: a regular expression used as a value is `$0 ~ /…/` here.
  case regularExpression([UInt8])
  case variable(String)
  case element(String, [AwkExpression])
  case field(AwkExpression)
  case unary(AwkUnaryOperator, AwkExpression)
  case binary(AwkBinaryOperator, AwkExpression, AwkExpression)
  /// Two or more, side by side.
  case concatenation([AwkExpression])
  /// `(i, j) in array`
  case membership([AwkExpression], String)
  case conditional(AwkExpression, AwkExpression, AwkExpression)
  case assignment(AwkAssignmentOperator, AwkExpression, AwkExpression)
  /// `++x`, `x--`
  case step(AwkStep, AwkExpression)
  case function(AwkFunction, [AwkExpression])
  case call(String, [AwkExpression])

  /// What can be assigned to.
  var isPlace: Bool {
    switch self {
    case .variable, .element, .field: true
    default: false
    }
  }
}

enum AwkUnaryOperator: String, Sendable, CaseIterable {
  case minus = "-"
  case plus = "+"
  case not = "!"
}

enum AwkBinaryOperator: String, Sendable, CaseIterable {
  case or = "||"
  case and = "&&"
  case matches = "~"
  case matchesNot = "!~"
  case less = "<"
  case lessOrEqual = "<="
  case equal = "=="
  case unequal = "!="
  case greater = ">"
  case greaterOrEqual = ">="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case power = "^"
}

enum AwkAssignmentOperator: String, Sendable, CaseIterable {
  case assign = "="
  case add = "+="
  case subtract = "-="
  case multiply = "*="
  case divide = "/="
  case remainder = "%="
  case power = "^="
}

struct AwkStep: Equatable, Sendable {
  var increments: Bool
  var isPrefix: Bool
}

indirect enum AwkStatement: Equatable, Sendable {
  case expression(AwkExpression)
  /// With no arguments it prints the record.
  case print([AwkExpression])
  case printFormatted([AwkExpression])
  case delete(String, [AwkExpression])
  case next
  case nextFile
  case exit(AwkExpression?)
  case `return`(AwkExpression?)
  case `break`
  case `continue`
  /// The last list is what stands after `else`; empty when there is none.
  case `if`(AwkExpression, [AwkStatement], [AwkStatement])
  case `while`(AwkExpression, [AwkStatement])
  case doWhile([AwkStatement], AwkExpression)
  case `for`(AwkExpression?, AwkExpression?, AwkExpression?, [AwkStatement])
  case forIn(String, String, [AwkStatement])
}

enum AwkItem: Equatable, Sendable {
  case begin([AwkStatement])
  case end([AwkStatement])
  case always([AwkStatement])
  case when(AwkExpression, [AwkStatement])
  case range(AwkExpression, AwkExpression, [AwkStatement])
  case function(String, parameters: [String], [AwkStatement])
}
