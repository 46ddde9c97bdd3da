internal import CommandGrammar

/// Reads words `name=value`, each name one of the table's (dd(1), OPERANDS). Other words are operands.
struct AssignmentScanner {
  let table: OptionTable

  func scan(_ words: ArraySlice<Word>) throws(UsageRefusal) -> ScannedWords {
    var result = ScannedWords()
    for word in words {
      if word.beginsWithDash, word.text != "-" { throw table.unknown(word.unquoted) }
      guard let equals = word.unquoted.utf8.firstIndex(of: UInt8(ascii: "=")) else {
        result.operands.append(word)
        continue
      }
      guard let text = word.text else {
        throw UsageRefusal(word.wildcardMismatch(expected: "a value"))
      }
      let name = String(text[..<equals])
      guard table.rule(named: name) != nil else { throw table.unknown(name) }
      result.uses.append(
        OptionUse(name: name, value: String(text[text.utf8.index(after: equals)...]), isAttached: true))
    }
    return result
  }
}
