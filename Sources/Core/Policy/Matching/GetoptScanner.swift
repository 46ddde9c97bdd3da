internal import CommandGrammar

/// Tells options from operands as getopt_long(3) does, in its GNU form with permutation or in its POSIX form.
///
/// Unlike getopt_long it takes no abbreviations: what a tool makes of one depends on the tool's version.
struct GetoptScanner {
  let table: OptionTable
  /// Whether options may follow operands.
  let permutes: Bool

  func scan(_ words: ArraySlice<Word>) throws(UsageRefusal) -> ScannedWords {
    var result = ScannedWords()
    var rest = words
    while let word = rest.popFirst() {
      guard let text = word.text else {
        if word.beginsWithDash {
          throw UsageRefusal(word.wildcardMismatch(expected: "an option"))
        }
        result.operands.append(word)
        if permutes { continue }
        break
      }
      let bytes = text.utf8
      if bytes.count < 2 || bytes.first != UInt8(ascii: "-") {
        result.operands.append(word)
        if permutes { continue }
        break
      }
      if text == "--" { break }
      if bytes[bytes.index(after: bytes.startIndex)] == UInt8(ascii: "-") {
        result.uses.append(try long(text, &rest))
      } else if table.numeric != nil, bytes.dropFirst().allSatisfy({ ByteSet.digits.contains($0) }),
        table.short(bytes[bytes.index(after: bytes.startIndex)]) == nil
      {
        result.uses.append(
          OptionUse(name: OptionRule.numeric, value: String(Substring(bytes.dropFirst())), isAttached: true))
      } else {
        try bundle(text, &rest, &result.uses)
      }
    }
    result.operands.append(contentsOf: rest)
    return result
  }

  private func long(_ text: String, _ rest: inout ArraySlice<Word>) throws(UsageRefusal) -> OptionUse {
    let bytes = text.utf8
    let equals = bytes.firstIndex(of: UInt8(ascii: "="))
    let name = equals.map { String(Substring(bytes[..<$0])) } ?? text
    guard let rule = table.rule(named: name) else { throw table.unknown(name) }
    if let equals {
      guard rule.value != .flag else {
        throw UsageRefusal("\(shown(name)) takes no value", hint: "write \(name)")
      }
      return OptionUse(
        name: name, value: String(Substring(bytes[bytes.index(after: equals)...])), isAttached: true)
    }
    guard case .required(let type) = rule.value else { return OptionUse(name: name) }
    return OptionUse(name: name, value: try nextValue(of: name, type, &rest))
  }

  /// One word of short options: `-xvf`, `-n5`.
  private func bundle(
    _ text: String, _ rest: inout ArraySlice<Word>, _ uses: inout [OptionUse]
  ) throws(UsageRefusal) {
    var letters = text.utf8.dropFirst()
    while let letter = letters.popFirst() {
      guard let (rule, name) = table.short(letter) else {
        throw table.unknown(letter < 0x80 ? "-" + String(UnicodeScalar(letter)) : text)
      }
      switch rule.value {
      case .flag: uses.append(OptionUse(name: name))
      case .optional where letters.isEmpty: uses.append(OptionUse(name: name))
      case .required(let type) where letters.isEmpty:
        uses.append(OptionUse(name: name, value: try nextValue(of: name, type, &rest)))
      case .optional:
        uses.append(OptionUse(name: name, value: String(Substring(letters)), isAttached: true))
        return
      case .required:
        let value = String(Substring(letters))
        // As a word of its own unless it could then be taken for an option.
        let isAttached = value.utf8.first == UInt8(ascii: "-")
        uses.append(OptionUse(name: name, value: value, isAttached: isAttached))
        return
      }
    }
  }
}

/// The next word as the value of the option `name`.
func nextValue(
  of name: String, _ type: ArgumentType, _ rest: inout ArraySlice<Word>
) throws(UsageRefusal) -> String {
  guard let word = rest.popFirst() else {
    throw UsageRefusal("\(shown(name)) needs a value", hint: "\(type.phrase) after \(name)")
  }
  guard let value = word.text else {
    throw UsageRefusal(
      word.wildcardMismatch(expected: "the value of \(name)").reason,
      hint: "quote it: \(name) \(Word(word.unquoted))")
  }
  return value
}
