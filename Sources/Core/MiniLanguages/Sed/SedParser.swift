/// Reads a script byte by byte, as sed's compile step does.
///
/// sed takes a script's bytes one at a time, and in no encoding it is used with is an ASCII byte a part of another
/// character, so bytes suffice here too.
struct SedParser {
  let bytes: [UInt8]
  var position = 0
  private var depth = 0

  static let tooLong = ProgramRefusal(
    offset: SedScript.longest, reason: "the script is longer than \(SedScript.longest) bytes",
    hint: "split it over several `-e`")

  init(_ text: String) throws(ProgramRefusal) {
    bytes = Array(text.utf8)
    guard bytes.count <= SedScript.longest else { throw Self.tooLong }
    if let zero = bytes.firstIndex(of: 0) {
      throw ProgramRefusal(offset: zero, reason: "a script cannot hold a NUL byte")
    }
    guard !bytes.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "n")]) else {
      throw ProgramRefusal(
        offset: 0, reason: "`#n` at the start of a script turns off printing", hint: "give the option `-n`")
    }
  }

  /// The whole script.
  mutating func script() throws(ProgramRefusal) -> [SedCommand] {
    let commands = try commands()
    guard position == bytes.count else {
      throw refusal("`}` without `{`", hint: "remove it, or write the whole block in one `-e`")
    }
    return commands
  }

  /// The commands up to the end or to a `}`, which is left.
  private mutating func commands() throws(ProgramRefusal) -> [SedCommand] {
    var commands: [SedCommand] = []
    while true {
      while let byte = current, byte == UInt8(ascii: ";") || Self.isSpace(byte) { position += 1 }
      guard let byte = current, byte != UInt8(ascii: "}") else { return commands }
      if byte == UInt8(ascii: "#") {
        skipComment()
      } else {
        commands.append(try command())
      }
    }
  }

  private mutating func command() throws(ProgramRefusal) -> SedCommand {
    let start = position
    let lines = try lines()
    skipBlanks()
    let negated = accept("!")
    skipBlanks()
    guard let letter = current else {
      throw refusal("a command is missing after the address", hint: "`p` prints the lines")
    }
    if letter == UInt8(ascii: "!") { throw refusal("`!` stands twice") }
    let action = try action(letter, lines, start: start)
    return SedCommand(lines: lines, negated: negated, action: action)
  }

  private mutating func action(_ letter: UInt8, _ lines: SedLines, start: Int) throws(ProgramRefusal)
    -> SedAction
  {
    let place = position
    position += 1
    if let command = SedPlainCommand(rawValue: letter) {
      try endOfCommand()
      return .plain(command)
    }
    if let command = SedTextCommand(rawValue: letter) { return .text(command, try text(place)) }
    if let branch = SedBranch(rawValue: letter) { return .branch(branch, label: try label()) }
    switch letter {
    case UInt8(ascii: "{"): return .block(try block(place))
    case UInt8(ascii: "s"): return .substitute(try substitution(place))
    case UInt8(ascii: "y"): return try transliteration(place)
    case UInt8(ascii: "l"): return .list(width: try argument(upTo: 9_999, "a width"))
    case UInt8(ascii: "q"), UInt8(ascii: "Q"):
      if case .range = lines {
        throw refusal("`\(character(letter))` takes one address", at: start, hint: "name the last line only")
      }
      return .quit(silently: letter == UInt8(ascii: "Q"), status: try argument(upTo: 255, "an exit status"))
    case UInt8(ascii: ":"):
      guard lines == .all else { throw refusal("a label takes no address", at: start) }
      let name = try label()
      guard !name.isEmpty else { throw refusal("`:` without a label", at: place) }
      return .label(name)
    default: throw SedRefusedCommand.refusal(letter, at: place)
    }
  }

  private mutating func block(_ place: Int) throws(ProgramRefusal) -> [SedCommand] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= SedScript.deepest else {
      throw refusal("blocks nest deeper than \(SedScript.deepest)", at: place)
    }
    let commands = try commands()
    guard accept("}") else {
      throw refusal(
        "`{` without `}`", at: place,
        hint: "write the block in one `-e`; the text of `a`, `i` and `c` goes on to the end of its line")
    }
    try endOfCommand()
    return commands
  }

  /// A number after `l`, `q` or `Q`.
  private mutating func argument(upTo limit: Int, _ what: String) throws(ProgramRefusal) -> Int? {
    skipBlanks()
    let place = position
    let number = try number()
    if let number, number > limit { throw refusal("\(what) is at most \(limit)", at: place) }
    try endOfCommand()
    return number
  }

  /// The name after `:`, `b`, `t` or `T`, and the end of that command. sed versions differ in what else may stand in a label.
  private mutating func label() throws(ProgramRefusal) -> [UInt8] {
    skipBlanks()
    let start = position
    while let byte = current, Self.isLabelByte(byte) { position += 1 }
    let name = Array(bytes[start..<position])
    guard name.count <= 64 else { throw refusal("a label has at most 64 bytes", at: start) }
    skipBlanks()
    if let byte = current,
      ![UInt8(ascii: ";"), UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "\n")].contains(byte)
    {
      throw refusal(
        "a label has letters, digits and `_ . -`, and ends its command",
        hint: "put `;` or a line break after it")
    }
    return name
  }

  /// What may follow a command: its separator, a comment, or the end of the block.
  mutating func endOfCommand() throws(ProgramRefusal) {
    skipBlanks()
    guard let byte = current, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "#") else { return }
    guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";") else {
      throw refusal(
        "`\(character(byte))` follows a command that takes nothing more", hint: "separate commands with `;`")
    }
    position += 1
  }

  private mutating func skipComment() {
    while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
  }
}
