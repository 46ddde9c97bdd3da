extension CommandLine {
  /// Parses what a caller sent, byte for byte. The grammar is the part of POSIX's Shell Command
  /// Language that neither starts, writes nor expands anything beyond commands, pipes and globs.
  /// Everything else throws, by name.
  public init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
    let line = Array(bytes.prefix(Self.maximumLength + 1))
    guard line.count <= Self.maximumLength else { throw SyntaxError(.tooLong, at: Self.maximumLength) }
    try ByteCheck.check(line)
    var parser = Parser(line)
    self = try parser.parseLine()
    // Printing can make a line longer, to at most six times its length. What would not parse again
    // is refused, so that the canonical line can always stand for the tree.
    if line.count > Self.maximumLength / 6, description.utf8.count > Self.maximumLength {
      throw SyntaxError(.tooLong, at: Self.maximumLength)
    }
  }
}

struct Parser {
  private var scanner: Scanner
  private var stageCount = 0

  init(_ bytes: [UInt8]) { scanner = Scanner(bytes) }

  mutating func parseLine() throws(SyntaxError) -> CommandLine {
    scanner.skipBlanks()
    guard !scanner.isAtEnd else { throw scanner.error(.empty) }
    var line = CommandLine(target: try parseTarget(), steps: [])
    var condition = Step.Condition.always
    while true {
      line.steps.append(Step(condition: condition, stages: try parsePipeline()))
      guard let next = try parseListOperator() else { return line }
      condition = next
    }
  }

  /// A leading `@name`, `@a,b` or `@web-*`, unquoted.
  private mutating func parseTarget() throws(SyntaxError) -> String? {
    guard scanner.current == UInt8(ascii: "@") else { return nil }
    let start = scanner.position + 1
    scanner.position = start
    while let byte = scanner.current, byte != 0x20, byte != 0x09 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: ","), UInt8(ascii: "*"), UInt8(ascii: "?"):
        scanner.position += 1
      default: throw scanner.error(.invalidTarget)
      }
    }
    guard scanner.position > start else { throw SyntaxError(.invalidTarget, at: start - 1) }
    let target = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    scanner.skipBlanks()
    guard !scanner.isAtEnd else { throw SyntaxError(.targetWithoutCommand, at: start - 1) }
    return target
  }

  /// `;`, `&&` or `||`; nil at the end of the line, also behind a last `;`.
  private mutating func parseListOperator() throws(SyntaxError) -> Step.Condition? {
    switch scanner.current {
    case UInt8(ascii: ";"):
      scanner.position += 1
      scanner.skipBlanks()
      return scanner.isAtEnd ? nil : .always
    case UInt8(ascii: "&"):
      scanner.position += 2
      return .afterSuccess
    case UInt8(ascii: "|"):
      scanner.position += 2
      return .afterFailure
    default:
      return nil
    }
  }

  /// Stages up to `;`, `&&`, `||` or the end.
  private mutating func parsePipeline() throws(SyntaxError) -> [Stage] {
    var stages = [try parseStage()]
    while scanner.current == UInt8(ascii: "|"), scanner.peek(1) != UInt8(ascii: "|") {
      guard scanner.peek(1) != UInt8(ascii: "&") else { throw scanner.error(.pipeWithError) }
      scanner.position += 1
      stages.append(try parseStage())
    }
    return stages
  }

  private mutating func parseStage() throws(SyntaxError) -> Stage {
    scanner.skipBlanks()
    stageCount += 1
    guard stageCount <= CommandLine.maximumStages else { throw scanner.error(.tooManyStages) }
    var stage = Stage(words: [])
    while let byte = scanner.current, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "|") {
      if scanner.isAtRedirection {
        stage.redirections.append(try scanner.scanRedirection())
      } else if byte == UInt8(ascii: "&") {
        guard scanner.peek(1) == UInt8(ascii: "&") else { throw scanner.error(.background) }
        break
      } else {
        try parseWord(into: &stage)
      }
      scanner.skipBlanks()
    }
    guard !stage.words.isEmpty else {
      throw scanner.error(scanner.isAtEnd ? .missingCommand : .emptyCommand)
    }
    return stage
  }

  private mutating func parseWord(into stage: inout Stage) throws(SyntaxError) {
    guard stage.words.count < CommandLine.maximumWords else { throw scanner.error(.tooManyWords) }
    let word = try scanner.scanWord()
    if stage.words.isEmpty,
      let reason = ReservedWords.refusal(of: scanner.bytes[word.offset..<scanner.position])
    {
      throw SyntaxError(reason, at: word.offset)
    }
    stage.words.append(word)
  }
}
