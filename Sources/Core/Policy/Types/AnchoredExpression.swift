/// A regular expression that must match a whole text, in time linear in the text.
///
/// Literals, `.`, `[…]`, `( )`, `|`, `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}`, `\d`, `\w` and a backslash before
/// punctuation. It works on bytes, so `.` is one byte and a class holds ASCII only. It is simulated with the set of
/// all states it may be in (Thompson 1968), so no text makes it backtrack.
public struct AnchoredExpression: Equatable, Sendable {
  /// The expression as written, without the slashes around it.
  public let source: String

  enum Instruction: Equatable, Sendable {
    case byte(UInt8)
    case set(ByteSet)
    case split(Int, Int)
    case jump(Int)
    case accept
  }

  let program: [Instruction]

  /// Compiles `source`.
  ///
  /// - Throws: `AnchoredExpressionError` with the byte offset of what is wrong, also when the expression needs more
  ///   than `AnchoredExpression.maximumStates` states.
  public init(_ source: String) throws(AnchoredExpressionError) {
    self.source = source
    var parser = ExpressionParser(source: Array(source.utf8))
    let tree = try parser.parse()
    var compiler = ExpressionCompiler()
    try compiler.emit(tree)
    compiler.program.append(.accept)
    program = compiler.program
  }

  /// A bound on the size of an expression after its counted repetitions are written out.
  public static let maximumStates = 2_000

  public static func == (left: AnchoredExpression, right: AnchoredExpression) -> Bool {
    left.source == right.source
  }

  /// Whether the whole of `text` matches.
  public func matches(_ text: String) -> Bool {
    var current = StateSet(capacity: program.count)
    var next = StateSet(capacity: program.count)
    var pending: [Int] = []
    add(0, to: &current, pending: &pending)
    for byte in text.utf8 {
      next.removeAll()
      for state in current.members {
        switch program[state] {
        case .byte(let expected) where expected == byte: add(state + 1, to: &next, pending: &pending)
        case .set(let set) where set.contains(byte): add(state + 1, to: &next, pending: &pending)
        default: break
        }
      }
      if next.members.isEmpty { return false }
      swap(&current, &next)
    }
    return current.contains(program.count - 1)
  }

  /// Adds a state and all that it reaches without reading a byte.
  private func add(_ start: Int, to set: inout StateSet, pending: inout [Int]) {
    pending.append(start)
    while let state = pending.popLast() {
      guard set.insert(state) else { continue }
      switch program[state] {
      case .jump(let target): pending.append(target)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .byte, .set, .accept: break
      }
    }
  }
}

/// What is wrong with an expression, and where.
public struct AnchoredExpressionError: Error, Equatable, Sendable {
  /// Byte offset into the source.
  public var offset: Int
  public var message: String
}

/// States in order of insertion, each at most once.
private struct StateSet {
  private(set) var members: [Int] = []
  private var isMember: [Bool]

  init(capacity: Int) {
    isMember = Array(repeating: false, count: capacity)
  }

  mutating func insert(_ state: Int) -> Bool {
    if isMember[state] { return false }
    isMember[state] = true
    members.append(state)
    return true
  }

  func contains(_ state: Int) -> Bool { isMember[state] }

  mutating func removeAll() {
    for state in members { isMember[state] = false }
    members.removeAll(keepingCapacity: true)
  }
}

private struct ExpressionCompiler {
  var program: [AnchoredExpression.Instruction] = []

  mutating func emit(_ tree: ExpressionTree) throws(AnchoredExpressionError) {
    guard program.count < AnchoredExpression.maximumStates else {
      throw AnchoredExpressionError(
        offset: 0, message: "the expression needs more than \(AnchoredExpression.maximumStates) states")
    }
    switch tree {
    case .empty: break
    case .byte(let byte): program.append(.byte(byte))
    case .set(let set): program.append(.set(set))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .alternatives(let parts): try emit(alternatives: parts)
    case .repeated(let part, let minimum, let maximum):
      for _ in 0..<minimum {
        let before = program.count
        try emit(part)
        if program.count == before { return }
      }
      if let maximum {
        try emit(part, optionally: maximum - minimum)
      } else {
        let split = program.count
        program.append(.split(0, 0))
        try emit(part)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
      }
    }
  }

  private mutating func emit(alternatives: [ExpressionTree]) throws(AnchoredExpressionError) {
    var ends: [Int] = []
    for (index, part) in alternatives.enumerated() {
      guard index < alternatives.count - 1 else {
        try emit(part)
        break
      }
      let split = program.count
      program.append(.split(0, 0))
      try emit(part)
      ends.append(program.count)
      program.append(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    for end in ends { program[end] = .jump(program.count) }
  }

  private mutating func emit(_ part: ExpressionTree, optionally times: Int) throws(AnchoredExpressionError) {
    var splits: [Int] = []
    for _ in 0..<times {
      splits.append(program.count)
      program.append(.split(0, 0))
      try emit(part)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }
}
