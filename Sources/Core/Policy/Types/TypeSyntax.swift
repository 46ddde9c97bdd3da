/// What is wrong with the text of a type in a policy file, and where.
public struct TypeSyntaxError: Error, Equatable, Sendable {
  /// Byte offset into the text.
  public var offset: Int
  public var message: String
  public var hint: String

  public init(offset: Int, message: String, hint: String = "") {
    self.offset = offset
    self.message = message
    self.hint = hint
  }
}

/// Reads types from the words of a policy file: `count 0..5`, `one of [a, b]`, `word /x+/`.
struct TypeSyntax {
  private let text: [UInt8]
  private(set) var position = 0

  init(_ text: String) {
    self.text = Array(text.utf8)
  }

  private static let plain: [(String, ArgumentType)] =
    [
      ("path", .path), ("directory", .directory), ("unit", .unit), ("duration", .duration), ("size", .size),
      ("time", .time), ("pattern", .pattern), ("pid", .pid), ("user", .user), ("group", .group),
      ("interface", .interface), ("address", .address), ("host", .host),
    ] + ProgramLanguage.allCases.map { ($0.rawValue, .program($0)) }

  /// All that can begin a type, for hints.
  static let names = plain.map(\.0) + ["count A..B", "one of [a, b]", "word /expression/"]

  var isAtEnd: Bool { position == text.count }
  var rest: String { String(decoding: text[position...], as: UTF8.self) }

  func failure(_ message: String, at offset: Int? = nil, hint: String = "") -> TypeSyntaxError {
    TypeSyntaxError(offset: offset ?? position, message: message, hint: hint)
  }

  mutating func skipSpaces() {
    while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
  }

  /// Steps over `token` if it is next; a token of letters must end there.
  mutating func take(_ token: StaticString) -> Bool {
    let bytes = Array(token.description.utf8)
    guard text[position...].starts(with: bytes) else { return false }
    let end = position + bytes.count
    if let last = bytes.last, ByteSet.letters.contains(last), end < text.count,
      ByteSet.word.contains(text[end])
    {
      return false
    }
    position = end
    return true
  }

  /// The bytes up to the next space or comma.
  mutating func takeWord() -> String {
    let start = position
    while position < text.count, !", ".utf8.contains(text[position]) { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  /// The options of `unless -e, -f`, none when `keyword` is not next.
  mutating func options(after keyword: StaticString) throws(TypeSyntaxError) -> [String] {
    guard take(keyword) else { return [] }
    var options: [String] = []
    repeat {
      skipSpaces()
      let name = takeWord()
      guard name.utf8.first == UInt8(ascii: "-") else {
        throw failure("an option is expected after `\(keyword)`", hint: "such as `\(keyword) -e, -f`")
      }
      options.append(name)
      skipSpaces()
    } while take(",")
    return options
  }

  mutating func type() throws(TypeSyntaxError) -> ArgumentType {
    let start = position
    let name = takeName()
    switch name {
    case "count": return .count(try range())
    case "one":
      skipSpaces()
      guard take("of") else { throw failure("`one` must go on as `one of [a, b]`", at: start) }
      skipSpaces()
      if position < text.count, text[position] == UInt8(ascii: "$") {
        return .bounded(BoundedType(kind: .word, variable: try variable()))
      }
      return .choice(try list())
    case "word": return .word(try expression())
    default:
      if let found = Self.plain.first(where: { $0.0 == name }) { return try bounded(found.1, named: name) }
      let near = nearest(to: name, among: Self.plain.map(\.0) + ["count", "word"]).first
      throw failure(
        name.isEmpty ? "a type is expected" : "unknown type \(shown(name))", at: start,
        hint: near.map { "did you mean \($0)?" } ?? "types: " + Self.names.joined(separator: ", "))
    }
  }

  /// `TYPE in $name` where that follows.
  private mutating func bounded(_ type: ArgumentType, named name: String) throws(TypeSyntaxError)
    -> ArgumentType
  {
    let end = position
    skipSpaces()
    let start = position
    guard position > end, take("in") else {
      position = end
      return type
    }
    guard name != BoundedType.Kind.word.rawValue, let kind = BoundedType.Kind(rawValue: name) else {
      let kinds = BoundedType.Kind.allCases.filter { $0 != .word }.map(\.rawValue)
      throw failure(
        "\(shown(name)) takes no variable", at: start,
        hint: "`in $name` follows " + kinds.joined(separator: ", "))
    }
    skipSpaces()
    return .bounded(BoundedType(kind: kind, variable: try variable()))
  }

  /// `$name`, whose name it returns.
  mutating func variable() throws(TypeSyntaxError) -> String {
    let start = position
    guard take("$") else { throw failure("a variable is expected", at: start, hint: "such as $units") }
    let first = position
    while position < text.count, ByteSet.word.contains(text[position]) || isJoint(after: first) {
      position += 1
    }
    guard position > first else { throw failure("a variable has a name", at: start, hint: "such as $units") }
    return String(decoding: text[first..<position], as: UTF8.self)
  }

  /// Whether a `-` is next within a name that began at `start`.
  private func isJoint(after start: Int) -> Bool {
    text[position] == UInt8(ascii: "-") && position > start && position + 1 < text.count
      && ByteSet.word.contains(text[position + 1])
  }

  private mutating func takeName() -> String {
    let start = position
    while position < text.count {
      // A name may have parts, as `awk-program` has; a `-` before anything else is not of it.
      let isJoint =
        text[position] == UInt8(ascii: "-") && position > start && position + 1 < text.count
        && ByteSet.letters.contains(text[position + 1])
      guard isJoint || ByteSet.letters.contains(text[position]) else { break }
      position += 1
    }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func integer() -> Int? {
    let start = position
    if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
    while position < text.count, ByteSet.digits.contains(text[position]) { position += 1 }
    return Int(String(decoding: text[start..<position], as: UTF8.self))
  }

  private mutating func range() throws(TypeSyntaxError) -> ClosedRange<Int> {
    skipSpaces()
    let start = position
    guard let low = integer(), take(".."), let high = integer(), low <= high else {
      throw failure("`count` needs a range", at: start, hint: "such as count 0..5000")
    }
    return low...high
  }

  private mutating func list() throws(TypeSyntaxError) -> [String] {
    skipSpaces()
    let start = position
    guard take("["), let end = text[position...].firstIndex(of: UInt8(ascii: "]")) else {
      throw failure("`one of` needs a list in brackets", at: start, hint: "such as one of [a, b]")
    }
    let words = text[position..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { trimmed(String(decoding: $0, as: UTF8.self)) }
    guard !words.contains("") else { throw failure("`one of` has an empty word", at: start) }
    position = end + 1
    return words
  }

  private mutating func expression() throws(TypeSyntaxError) -> AnchoredExpression {
    skipSpaces()
    let start = position
    guard take("/") else {
      throw failure("`word` needs an expression between slashes", at: start, hint: "such as word /[a-z]+/")
    }
    var source: [UInt8] = []
    var isInBracket = false
    while position < text.count, isInBracket || text[position] != UInt8(ascii: "/") {
      let byte = text[position]
      source.append(byte)
      position += 1
      switch byte {
      case UInt8(ascii: "\\") where position < text.count:
        source.append(text[position])
        position += 1
      case UInt8(ascii: "["): isInBracket = true
      case UInt8(ascii: "]"): isInBracket = false
      default: break
      }
    }
    guard take("/") else { throw failure("the expression has no closing slash", at: start) }
    do throws(AnchoredExpressionError) {
      return try AnchoredExpression(String(decoding: source, as: UTF8.self))
    } catch {
      throw failure(error.message, at: start + 1 + error.offset)
    }
  }
}
