internal import CommandGrammar

/// Tells options from operands as ps(1) of procps does, where letters may stand in a first word without `-`.
///
/// Of procps' parser.c: a letter that takes a value takes the rest of the word, or else the next word (`get_opt_arg`).
/// procps reads letters in later words too, and reads the whole line anew as letters when it does not understand it;
/// here there is one reading, and later words without `-` are operands, which should be numbers.
struct BSDScanner {
  let table: OptionTable

  func scan(_ words: ArraySlice<Word>) throws(UsageRefusal) -> ScannedWords {
    var rest = words
    var letters: [OptionUse] = []
    if let text = rest.first?.text, let first = text.utf8.first, ByteSet.letters.contains(first) {
      rest.removeFirst()
      letters = try read(text, &rest)
    }
    var result = try GetoptScanner(table: table, permutes: true).scan(rest)
    if !letters.isEmpty {
      result.uses = letters + result.uses
      result.lettersOfFirstWord = letters.count
    }
    return result
  }

  private func read(_ text: String, _ rest: inout ArraySlice<Word>) throws(UsageRefusal) -> [OptionUse] {
    var uses: [OptionUse] = []
    var letters = Substring(text).unicodeScalars
    while let letter = letters.popFirst() {
      let name = String(letter)
      guard let rule = table.rule(named: name) else {
        throw UsageRefusal("letter \(shown(name)) of \(shown(text)) is not allowed", hint: hint, word: name)
      }
      guard case .required(let type) = rule.value else {
        uses.append(OptionUse(name: name))
        continue
      }
      if letters.isEmpty {
        uses.append(OptionUse(name: name, value: try nextValue(of: name, type, &rest)))
      } else {
        // As a word of its own unless it could then be taken for an option.
        let value = String(Substring(letters))
        uses.append(
          OptionUse(name: name, value: value, isAttached: value.utf8.first == UInt8(ascii: "-")))
      }
      break
    }
    return uses
  }

  private var hint: String {
    let letters = table.names.filter { $0.utf8.first != UInt8(ascii: "-") }
    return letters.isEmpty ? "write options with `-`" : "letters: " + letters.joined(separator: " ")
  }
}
