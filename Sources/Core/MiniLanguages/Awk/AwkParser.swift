/// Reads a program by recursive descent over the grammar of awk(1p).
///
/// The grammar of expressions, statements and items is in extensions. Where the standard leaves a reading open, and
/// where awks differ, the program is refused or read as mawk 1.3.4 and gawk read it; what runs is printed from the tree.
struct AwkParser: Sendable {
  /// The longest program, in bytes, as it was written and as it is printed.
  static let maximumLength = 3_000
  /// How deeply an expression may be nested; `a + b + c` is nested twice.
  static let maximumHeight = 20
  /// How deeply statements may stand in each other.
  static let maximumStatementDepth = 16
  /// How deeply parentheses and brackets may be nested: each level of the tree prints at most one pair, and the
  /// statement around it another.
  static let maximumListDepth = maximumHeight + 2
  /// How deeply the parser may call itself: what the printed form needs at the limits above. The stack that takes is
  /// about 130 KiB in an optimised build, and a thread of the broker has 256.
  static let maximumDepth = 4 * maximumHeight + maximumStatementDepth

  static let hintForTooLong = "split it into stages of a pipeline"

  var lexer: AwkLexer
  var token: AwkToken
  var names = AwkNames()
  /// Whether a bare `>` would be a redirection: in the operands of `print` and `printf`, outside of parentheses.
  var greaterRedirects = false
  var isInFunction = false
  var loopDepth = 0
  private var depth = 0
  private var listDepth = 0
  private var statementDepth = 0

  init(_ text: String) throws(AwkFailure) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.maximumLength else {
      throw AwkFailure(
        offset: Self.maximumLength, reason: "the program is longer than \(Self.maximumLength) bytes",
        hint: Self.hintForTooLong)
    }
    lexer = AwkLexer(bytes: bytes)
    token = AwkToken(kind: .end, offset: 0, end: 0)
    token = try lexer.next()
  }

  // MARK: Words

  mutating func advance() throws(AwkFailure) { token = try lexer.next() }

  func at(_ symbol: AwkSymbol) -> Bool { token.kind == .symbol(symbol) }

  func at(_ keyword: AwkKeyword) -> Bool { token.kind == .keyword(keyword) }

  /// Passes over a sign if it stands here.
  mutating func take(_ symbol: AwkSymbol) throws(AwkFailure) -> Bool {
    guard at(symbol) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: AwkSymbol, after context: String) throws(AwkFailure) {
    guard try take(symbol) else {
      throw unexpected("`\(symbol.rawValue)` is missing after \(context)")
    }
  }

  mutating func skipNewlines() throws(AwkFailure) {
    while token.kind == .newline { try advance() }
  }

  mutating func expectName(_ what: String) throws(AwkFailure) -> String {
    switch token.kind {
    case .name(let name), .callee(let name):
      try advance()
      return name
    default: throw unexpected("\(what) is missing")
    }
  }

  /// The refusal for what stands here, with the reason that fits it best.
  func unexpected(_ reason: String, hint: String = "") -> AwkFailure {
    switch token.kind {
    case .symbol(.pipe):
      AwkFailure(
        offset: token.offset, reason: "`|` in a program runs a command",
        hint: "end the program and pipe in the line: `awk '…' | sort`")
    case .symbol(.append):
      AwkFailure(
        offset: token.offset, reason: "`>>` writes a file", hint: "results go to standard output only")
    case .symbol(.greater) where greaterRedirects:
      AwkFailure(
        offset: token.offset, reason: "`>` after print writes a file",
        hint: "results go to standard output only; to compare, write `print (a > b)`")
    case .symbol(.less):
      AwkFailure(offset: token.offset, reason: reason, hint: "write parentheses around the comparison")
    default:
      AwkFailure(offset: token.offset, reason: "\(reason), before \(token.spelling)", hint: hint)
    }
  }

  // MARK: Bounds

  mutating func enter() throws(AwkFailure) {
    depth += 1
    guard depth <= Self.maximumDepth else { throw tooDeep() }
  }

  mutating func leave() { depth -= 1 }

  mutating func enterList() throws(AwkFailure) {
    listDepth += 1
    guard listDepth <= Self.maximumListDepth else { throw tooDeep() }
  }

  mutating func leaveList() { listDepth -= 1 }

  mutating func enterStatement() throws(AwkFailure) {
    statementDepth += 1
    guard statementDepth <= Self.maximumStatementDepth else { throw tooDeep() }
    try enter()
  }

  mutating func leaveStatement() {
    statementDepth -= 1
    leave()
  }

  func tooDeep() -> AwkFailure {
    AwkFailure(
      offset: token.offset, reason: "the program is nested too deeply", hint: "use variables, or a stage more"
    )
  }
}
