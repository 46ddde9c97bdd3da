internal import CommandGrammar

/// Tells options from operands where options are exact words and a value is the next word.
struct WordsScanner {
  let table: OptionTable

  /// Scans to the end; with `untilOperand` up to the first word that is no option, which stays in `words`.
  func scan(_ words: inout ArraySlice<Word>, untilOperand: Bool = false) throws(UsageRefusal) -> ScannedWords
  {
    var result = ScannedWords()
    while let word = words.first {
      guard let text = word.text, let rule = table.rule(named: text) else {
        if word.beginsWithDash, word.text != "-" {
          guard let text = word.text else { throw UsageRefusal(word.wildcardMismatch(expected: "an option")) }
          throw table.unknown(text)
        }
        if untilOperand { return result }
        words.removeFirst()
        result.operands.append(word)
        continue
      }
      words.removeFirst()
      switch rule.value {
      case .flag, .optional: result.uses.append(OptionUse(name: text))
      case .required(let type):
        result.uses.append(OptionUse(name: text, value: try nextValue(of: text, type, &words)))
      }
    }
    return result
  }
}
