internal import CommandGrammar

extension CommandRule {
  /// A use of the command that its rule allows.
  struct Match {
    /// `argv[0]` first.
    var arguments: [Execution.Argument]
    /// Options as they were spelled.
    var options: [String]
    /// Values of options that name files.
    var valueFiles: [Word]
    /// Operands that name files; `-` is standard input.
    var operandFiles: [Word]
    /// The variables that its types know.
    var variables: Set<String>

    var files: [Word] { valueFiles + operandFiles }
  }

  /// Binds the words after the command's name to the rule and makes the canonical argument vector.
  func match(_ words: ArraySlice<Word>, in context: MatchContext) throws(UsageRefusal) -> Match {
    switch convention {
    case .getopt, .posix:
      let scanned = try GetoptScanner(table: usage.options, permutes: convention == .getopt).scan(words)
      return try assemble(usage, scanned, context)
    case .words:
      var rest = words
      return try assemble(usage, try WordsScanner(table: usage.options).scan(&rest), context)
    case .find: return try assembleFind(words, context)
    case .bsd: return try assemble(usage, try BSDScanner(table: usage.options).scan(words), context)
    case .assignments:
      return try assemble(usage, try AssignmentScanner(table: usage.options).scan(words), context)
    case .verbsGetopt: return try matchVerbGetopt(words, context)
    case .verbsWords: return try matchVerbWords(words, context)
    }
  }

  private func matchVerbGetopt(
    _ words: ArraySlice<Word>, _ context: MatchContext
  ) throws(UsageRefusal) -> Match {
    let verbs = verbs ?? VerbTable([])
    var scanned = try GetoptScanner(table: verbs.options, permutes: true).scan(words)
    let name = try verbName(scanned.operands.isEmpty ? nil : scanned.operands.removeFirst(), verbs)
    return try assemble(try verb(name, verbs).usage, scanned, context, verb: name)
  }

  private func matchVerbWords(
    _ words: ArraySlice<Word>, _ context: MatchContext
  ) throws(UsageRefusal) -> Match {
    let verbs = verbs ?? VerbTable([])
    var rest = words
    var scanned = try WordsScanner(table: verbs.options).scan(&rest, untilOperand: true)
    var name = try verbName(rest.popFirst(), verbs)
    let rule = try verb(name, verbs)
    if abbreviates { name = rule.names[0] }
    // After the verb only the verb's own options are options; they stay there.
    let own = OptionTable(Array(rule.usage.options.rules[rule.sharedOptions...]))
    let after = try WordsScanner(table: own).scan(&rest)
    let before = scanned.uses.count
    scanned.uses += after.uses
    scanned.operands = after.operands
    return try assemble(rule.usage, scanned, context, verb: name, usesBeforeVerb: before)
  }

  private func verbName(_ word: Word?, _ verbs: VerbTable) throws(UsageRefusal) -> String {
    guard let word else {
      if let standard = verbs.standard { return standard }
      throw UsageRefusal(
        "a verb is missing", hint: "one of " + verbs.rules.map { $0.names[0] }.joined(separator: ", "))
    }
    guard let text = word.text else { throw UsageRefusal(word.wildcardMismatch(expected: "a verb")) }
    return text
  }

  private func verb(_ name: String, _ verbs: VerbTable) throws(UsageRefusal) -> VerbRule {
    if let rule = verbs.rule(named: name) { return rule }
    if abbreviates, let rule = verbs.rule(abbreviatedBy: name) { return rule }
    let near = nearest(to: name, among: verbs.names)
    let hint =
      near.isEmpty
      ? "allowed: " + verbs.rules.prefix(40).map { $0.names[0] }.joined(separator: " ")
      : "did you mean " + near.joined(separator: " or ") + "?"
    throw UsageRefusal("verb \(shown(name)) is not allowed", hint: hint, word: name)
  }

  private func assemble(
    _ usage: Usage, _ scanned: ScannedWords, _ context: MatchContext, verb: String? = nil,
    usesBeforeVerb: Int? = nil
  ) throws(UsageRefusal) -> Match {
    try checkCount(scanned.operands)
    let checked = try usage.check(scanned.uses, in: context)
    var operands = scanned.operands
    let files = try usage.bind(
      &operands, isGiven: checked.isGiven, in: context)
    var words = beginning
    if let verb, let usesBeforeVerb {
      words += checked.uses[..<usesBeforeVerb].flatMap(\.words)
      words.append(verb)
      words += checked.uses[usesBeforeVerb...].flatMap(\.words)
    } else {
      words += scanned.lettersOfFirstWord.map { OptionUse.firstWord(checked.uses.prefix($0)) } ?? []
      words += checked.uses.dropFirst(scanned.lettersOfFirstWord ?? 0).flatMap(\.words)
      if let verb { words.append(verb) }
    }
    if separator, !operands.isEmpty { words.append("--") }
    return Match(
      arguments: words.map(Execution.Argument.literal) + operands.map(\.asArgument),
      options: scanned.uses.map(\.name), valueFiles: checked.files, operandFiles: files,
      variables: usage.variables)
  }

  private func assembleFind(_ words: ArraySlice<Word>, _ context: MatchContext) throws(UsageRefusal) -> Match
  {
    let parts = try FindExpression(usage: usage, context: context).parse(words)
    try checkCount(parts.startPaths)
    let paths = parts.startPaths.map { word -> Execution.Argument in
      guard word.text == nil, word.literalPrefix.isEmpty else { return word.asArgument }
      // A file called `!` or `(` must not become part of the expression when the wildcards are expanded.
      return .glob(Word(segments: [.literal("./")] + word.segments, offset: word.offset))
    }
    return Match(
      arguments: (beginning + parts.leading).map(Execution.Argument.literal) + paths
        + parts.expression.map(Execution.Argument.literal),
      options: parts.options, valueFiles: parts.valueFiles, operandFiles: parts.startFiles,
      variables: usage.variables)
  }

  private var beginning: [String] { [name] + fixed }

  private func checkCount(_ operands: [Word]) throws(UsageRefusal) {
    guard operands.count <= maximumOperands else {
      throw UsageRefusal(
        "\(operands.count) operands, and \(maximumOperands) are allowed", hint: "use several calls")
    }
  }
}
