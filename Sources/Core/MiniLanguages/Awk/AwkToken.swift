/// A word or sign of awk, and where it stands in the program.
struct AwkToken: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case number(String)
    case string([UInt8])
    case name(String)
    /// A name right before `(`: the call of a function that the program defines.
    case callee(String)
    case keyword(AwkKeyword)
    case function(AwkFunction)
    case symbol(AwkSymbol)
    case newline
    case end
  }

  var kind: Kind
  var offset: Int
  /// Right after its last byte.
  var end: Int

  /// How a message names it.
  var spelling: String {
    switch kind {
    case .number(let text), .name(let text), .callee(let text): "`\(text)`"
    case .string: "a string"
    case .keyword(let keyword): "`\(keyword.rawValue)`"
    case .function(let function): "`\(function.rawValue)`"
    case .symbol(let symbol): "`\(symbol.rawValue)`"
    case .newline: "the end of the line"
    case .end: "the end of the program"
    }
  }
}

enum AwkKeyword: String, Sendable, CaseIterable {
  case begin = "BEGIN"
  case end = "END"
  case function
  case `if`
  case `else`
  case `while`
  case `for`
  case `do`
  case `break`
  case `continue`
  case next
  case nextFile = "nextfile"
  case exit
  case `return`
  case delete
  case `in`
  case print
  case printFormatted = "printf"
}

enum AwkSymbol: String, Sendable, CaseIterable {
  case openBrace = "{"
  case closeBrace = "}"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case semicolon = ";"
  case comma = ","
  case question = "?"
  case colon = ":"
  case dollar = "$"
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case percent = "%"
  case caret = "^"
  case not = "!"
  case less = "<"
  case greater = ">"
  case append = ">>"
  case pipe = "|"
  case matches = "~"
  case matchesNot = "!~"
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case equal = "=="
  case unequal = "!="
  case and = "&&"
  case or = "||"
  case increment = "++"
  case decrement = "--"
  case assign = "="
  case addAssign = "+="
  case subtractAssign = "-="
  case multiplyAssign = "*="
  case divideAssign = "/="
  case remainderAssign = "%="
  case powerAssign = "^="

  /// Longest first, with the second spelling that gawk and busybox have for powers.
  static let spellings: [(bytes: [UInt8], symbol: AwkSymbol)] =
    ([("**=", .powerAssign), ("**", .caret)] + allCases.map { ($0.rawValue, $0) })
    .map { (bytes: Array($0.0.utf8), symbol: $0.1) }
    .sorted { $0.bytes.count > $1.bytes.count }
}
