/// A word `name=value` that sets a variable of awk before it reads, as a value of `-v` or between its files (awk(1p),
/// OPTIONS and OPERANDS).
///
/// awk takes every operand of this form for an assignment, also one that a wildcard brought: a file of such a name is
/// reached as `./name=value`.
public struct AwkAssignment: Equatable, Sendable, CustomStringConvertible {
  public let name: String
  /// The bytes of the value, with the escapes replaced.
  let value: [UInt8]

  /// Whether awk would read a word as an assignment rather than as the name of a file.
  public static func isAssignment(_ word: String) -> Bool {
    guard let first = word.utf8.first, AwkLexer.isLetter(first) else { return false }
    return word.utf8.drop { AwkLexer.isLetter($0) || AwkLexer.isDigit($0) }.first == UInt8(ascii: "=")
  }

  public init(parsing word: String) throws(ProgramRefusal) {
    guard Self.isAssignment(word), let mark = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      throw ProgramRefusal(offset: 0, reason: "this is no assignment", hint: "write `name=value`")
    }
    name = String(word[..<mark])
    let start = word.utf8.distance(from: word.startIndex, to: mark) + 1
    try Self.check(name: name)
    let bytes = Array(word.utf8)
    guard bytes.count <= AwkParser.maximumLength else {
      throw ProgramRefusal(offset: AwkParser.maximumLength, reason: "the value is too long")
    }
    value = try Self.value(bytes, from: start)
    if name == "OFMT" || name == "CONVFMT", let objection = AwkNumberFormat.objection(to: value, in: name) {
      throw ProgramRefusal(offset: start, reason: objection.reason, hint: objection.hint)
    }
    // A regular expression that is a value of its own in gawk.
    if value.starts(with: "@/".utf8) {
      throw ProgramRefusal(offset: start, reason: "gawk reads `@/…/` as something else than text")
    }
  }

  /// The word to run, with escapes that all awks read alike.
  public var description: String { "\(name)=\(AwkEscapes.write(value, quoted: false))" }

  private static func check(name: String) throws(ProgramRefusal) {
    if let against = AwkRestrictions.reason(against: name) {
      throw ProgramRefusal(offset: 0, reason: against.reason, hint: against.hint)
    }
    guard AwkKeyword(rawValue: name) == nil, AwkFunction(rawValue: name) == nil else {
      throw ProgramRefusal(offset: 0, reason: "`\(name)` is a word of awk", hint: "use another name")
    }
    guard name != "FILENAME" else {
      throw ProgramRefusal(
        offset: 0, reason: "`FILENAME` says which file is read, and is not set", hint: "use another name")
    }
  }

  private static func value(_ bytes: [UInt8], from start: Int) throws(ProgramRefusal) -> [UInt8] {
    var value: [UInt8] = []
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        value.append(byte)
        continue
      }
      guard let escape = AwkEscapes.read(bytes, &position) else {
        throw ProgramRefusal(
          offset: position - 1, reason: "a backslash in a value begins nothing",
          hint: "write `\\\\` for a backslash")
      }
      value += escape
    }
    return value
  }
}
