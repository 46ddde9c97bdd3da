/// The syntax tree of an `AnchoredExpression`.
indirect enum ExpressionTree: Equatable {
  case empty
  case byte(UInt8)
  case set(ByteSet)
  case sequence([ExpressionTree])
  case alternatives([ExpressionTree])
  case repeated(ExpressionTree, minimum: Int, maximum: Int?)
}

/// Recursive descent over the bytes of an expression.
struct ExpressionParser {
  let source: [UInt8]
  private var position = 0
  private var depth = 0

  init(source: [UInt8]) {
    self.source = source
  }

  mutating func parse() throws(AnchoredExpressionError) -> ExpressionTree {
    let tree = try alternatives()
    if peek == UInt8(ascii: ")") { throw failure("`)` without `(`") }
    return tree
  }

  private var peek: UInt8? { position < source.count ? source[position] : nil }

  private func failure(_ message: String, at offset: Int? = nil) -> AnchoredExpressionError {
    AnchoredExpressionError(offset: offset ?? position, message: message)
  }

  private mutating func alternatives() throws(AnchoredExpressionError) -> ExpressionTree {
    var parts = [try sequence()]
    while peek == UInt8(ascii: "|") {
      position += 1
      parts.append(try sequence())
    }
    return parts.count == 1 ? parts[0] : .alternatives(parts)
  }

  private mutating func sequence() throws(AnchoredExpressionError) -> ExpressionTree {
    var parts: [ExpressionTree] = []
    while let byte = peek, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      let atom = try atom()
      parts.append(try repetition(of: atom))
    }
    return parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func atom() throws(AnchoredExpressionError) -> ExpressionTree {
    let start = position
    let byte = source[position]
    position += 1
    switch byte {
    case UInt8(ascii: "("):
      depth += 1
      guard depth <= 50 else { throw failure("groups are nested too deeply", at: start) }
      let tree = try alternatives()
      guard peek == UInt8(ascii: ")") else { throw failure("`(` without `)`", at: start) }
      position += 1
      depth -= 1
      return tree
    case UInt8(ascii: "["): return .set(try bracket(from: start))
    case UInt8(ascii: "."): return .set(.all)
    case UInt8(ascii: "\\"): return try escape(from: start)
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      throw failure("nothing to repeat", at: start)
    case UInt8(ascii: "^"), UInt8(ascii: "$"):
      throw failure("the expression matches the whole word already: no `^` or `$`", at: start)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw failure("write a backslash before a literal bracket or brace", at: start)
    default: return .byte(byte)
    }
  }

  private mutating func escape(from start: Int) throws(AnchoredExpressionError) -> ExpressionTree {
    guard let byte = peek else { throw failure("a backslash ends the expression", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "d"): return .set(.digits)
    case UInt8(ascii: "w"): return .set(.word)
    default:
      guard byte < 0x80, !ByteSet.word.contains(byte) || byte == UInt8(ascii: "_") else {
        throw failure("unknown escape: only \\d, \\w and punctuation can be escaped", at: start)
      }
      return .byte(byte)
    }
  }

  private mutating func repetition(of atom: ExpressionTree) throws(AnchoredExpressionError) -> ExpressionTree
  {
    let start = position
    var result = atom
    switch peek {
    case UInt8(ascii: "*"): result = .repeated(atom, minimum: 0, maximum: nil)
    case UInt8(ascii: "+"): result = .repeated(atom, minimum: 1, maximum: nil)
    case UInt8(ascii: "?"): result = .repeated(atom, minimum: 0, maximum: 1)
    case UInt8(ascii: "{"):
      position += 1
      let (minimum, maximum) = try bounds(from: start)
      result = .repeated(atom, minimum: minimum, maximum: maximum)
      position -= 1
    default: return atom
    }
    position += 1
    if let byte = peek, "*+?{".utf8.contains(byte) { throw failure("a repetition of a repetition needs ( )") }
    return result
  }

  /// `{m}`, `{m,}` or `{m,n}`, after the opening brace.
  private mutating func bounds(from start: Int) throws(AnchoredExpressionError) -> (Int, Int?) {
    guard let minimum = number() else { throw failure("a number is needed after `{`") }
    var maximum: Int? = minimum
    if peek == UInt8(ascii: ",") {
      position += 1
      maximum = number()
    }
    guard peek == UInt8(ascii: "}") else { throw failure("`{` without `}`", at: start) }
    position += 1
    guard minimum <= maximum ?? minimum, max(minimum, maximum ?? 0) <= AnchoredExpression.maximumStates else {
      throw failure("repetition bounds are out of order or too large", at: start)
    }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var value = 0
    let start = position
    while let byte = peek, ByteSet.digits.contains(byte), position - start < 5 {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
    }
    return position == start ? nil : value
  }

  private mutating func bracket(from start: Int) throws(AnchoredExpressionError) -> ByteSet {
    var set = ByteSet()
    let isNegated = peek == UInt8(ascii: "^")
    if isNegated { position += 1 }
    let first = position
    while true {
      guard let byte = peek else { throw failure("`[` without `]`", at: start) }
      if byte == UInt8(ascii: "]") {
        guard position > first else { throw failure("an empty `[]`: escape a literal bracket", at: start) }
        position += 1
        return isNegated ? set.complement : set
      }
      let itemStart = position
      switch try bracketItem() {
      case .class(let members): set.formUnion(members)
      case .byte(let low):
        guard peek == UInt8(ascii: "-"), position + 1 < source.count,
          source[position + 1] != UInt8(ascii: "]")
        else {
          set.insert(low)
          continue
        }
        position += 1
        guard case .byte(let high) = try bracketItem(), low <= high else {
          throw failure("a range whose ends are out of order", at: itemStart)
        }
        for member in low...high { set.insert(member) }
      }
    }
  }

  private enum BracketItem {
    case byte(UInt8)
    case `class`(ByteSet)
  }

  private mutating func bracketItem() throws(AnchoredExpressionError) -> BracketItem {
    let start = position
    guard let byte = peek else { throw failure("`[` without `]`") }
    position += 1
    guard byte < 0x80 else { throw failure("only ASCII can stand between brackets", at: start) }
    guard byte == UInt8(ascii: "\\") else { return .byte(byte) }
    switch try escape(from: start) {
    case .set(let set): return .class(set)
    case .byte(let byte): return .byte(byte)
    default: throw failure("unknown escape", at: start)
    }
  }
}
