internal import CommandGrammar

/// Reads the words of find(1): leading `-H -L -P`, start paths, then an expression of listed predicates.
struct FindExpression {
  let usage: Usage
  let context: MatchContext

  private static let leading: Set<String> = ["-H", "-L", "-P"]
  private static let punctuation: Set<String> = ["(", ")", "!", ","]

  struct Parts {
    var leading: [String] = []
    var startPaths: [Word] = []
    var expression: [String] = []
    var options: [String] = []
    var valueFiles: [Word] = []
    var startFiles: [Word] = []
  }

  func parse(_ words: ArraySlice<Word>) throws(UsageRefusal) -> Parts {
    var rest = words
    var parts = Parts()
    var uses: [OptionUse] = []
    while let text = rest.first?.text, Self.leading.contains(text) {
      guard usage.options.rule(named: text) != nil else { throw usage.options.unknown(text) }
      rest.removeFirst()
      uses.append(OptionUse(name: text))
      parts.leading.append(text)
    }
    while let word = rest.first, !Self.beginsExpression(word) {
      rest.removeFirst()
      parts.startPaths.append(word)
    }
    let expressionStart = uses.count
    try expression(&rest, &uses, &parts)
    parts.options = uses.map(\.name)
    var isGiven = Array(repeating: false, count: usage.options.rules.count)
    for use in uses { usage.options.index(of: use.name).map { isGiven[$0] = true } }
    try check(uses[expressionStart...], &parts.valueFiles)
    try usage.checkGroups(isGiven, in: context)
    if parts.startPaths.isEmpty { parts.startPaths = [Word(".")] }
    parts.startFiles = try usage.bind(&parts.startPaths, isGiven: isGiven, in: context)
    return parts
  }

  /// As looks_like_expression in findutils, and stricter: a lone `)` or `,` is never a path.
  private static func beginsExpression(_ word: Word) -> Bool {
    guard let text = word.text else { return word.beginsWithDash }
    return text.utf8.first == UInt8(ascii: "-") && text.utf8.count > 1 || punctuation.contains(text)
  }

  private func expression(
    _ rest: inout ArraySlice<Word>, _ uses: inout [OptionUse], _ parts: inout Parts
  ) throws(UsageRefusal) {
    var depth = 0
    // What the next word must follow: an operator that still lacks its right side, if any.
    var open: String? = nil
    var isOperandExpected = true
    while let word = rest.popFirst() {
      guard let text = word.text else { throw UsageRefusal(word.wildcardMismatch(expected: "a predicate")) }
      switch text {
      case "(":
        depth += 1
        open = text
        isOperandExpected = true
      case ")":
        if depth == 0 { throw UsageRefusal("`)` without `(`") }
        if isOperandExpected { throw UsageRefusal("\(shown(open ?? "(")) has nothing after it") }
        depth -= 1
      case "!", "-not":
        open = text
        isOperandExpected = true
      case "-a", "-and", "-o", "-or", ",":
        if isOperandExpected { throw UsageRefusal("operator \(shown(text)) has nothing before it") }
        open = text
        isOperandExpected = true
      default:
        try predicate(text, &rest, &uses, &parts)
        isOperandExpected = false
        continue
      }
      parts.expression.append(text)
    }
    if isOperandExpected, let open { throw UsageRefusal("\(shown(open)) has nothing after it") }
    if depth > 0 { throw UsageRefusal("`(` without `)`", hint: "write \\( and \\) in pairs") }
  }

  private func predicate(
    _ text: String, _ rest: inout ArraySlice<Word>, _ uses: inout [OptionUse], _ parts: inout Parts
  ) throws(UsageRefusal) {
    guard text.utf8.first == UInt8(ascii: "-") else {
      throw UsageRefusal("path \(shown(text)) stands after the expression", hint: "write start paths first")
    }
    if Self.leading.contains(text) {
      throw UsageRefusal("\(shown(text)) stands after a path", hint: "write \(text) first")
    }
    guard let rule = usage.options.rule(named: text) else { throw usage.options.unknown(text) }
    var use = OptionUse(name: text)
    parts.expression.append(text)
    if let type = rule.type {
      let value = try nextValue(of: text, type, &rest)
      use.value = value
      parts.expression.append(value)
    }
    uses.append(use)
  }

  private func check(_ uses: ArraySlice<OptionUse>, _ files: inout [Word]) throws(UsageRefusal) {
    for use in uses {
      guard let value = use.value, let type = usage.options.rule(named: use.name)?.type else { continue }
      // find takes the next word whatever it begins with, so a type that spells out its texts may have a `-`.
      let spellsOut: Bool
      switch type {
      case .word, .choice: spellsOut = true
      default: spellsOut = false
      }
      if let mismatch = spellsOut
        ? type.accepts(value, in: context) : type.acceptsSeparate(value, in: context)
      {
        throw UsageRefusal(mismatch, at: use.name, word: use.name)
      }
      if type.namesFile { files.append(Word(value)) }
    }
  }
}
