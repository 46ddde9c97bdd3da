internal import Policy
internal import Yams

extension FileDecoder {
  /// The hints of a mapping whose keys list words: `"--rotate, --flush": the journal is only read here`.
  mutating func hints(_ node: Node) -> [(node: Node, word: String, hint: String)] {
    var result: [(node: Node, word: String, hint: String)] = []
    for (key, words, value) in entries(node, "hints") {
      guard let hint = line(value, "a hint") else { continue }
      result += listed(words).map { (key, $0.0, hint) }
    }
    return result
  }
}

extension PolicyMerge {
  /// What to say of commands that the policy does not have. A word with two hints is an error, a hint for a command
  /// that is there a warning: nobody would ever see it.
  mutating func hints(besides commands: Set<String>) -> [String: String] {
    var result: [String: (hint: String, place: SourceLocation)] = [:]
    for (file, parts) in decoded {
      var decoder = FileDecoder(file: file)
      for (node, word, hint) in parts.hints {
        let place = decoder.location(of: node)
        if let first = result.updateValue((hint, place), forKey: word) {
          decoder.fail(node, "`\(word)` has two hints", hint: "the other stands at \(first.place)")
        } else if commands.contains(word) {
          decoder.warn(
            node, "the hint for `\(word)` is never shown: the policy has that command",
            hint: "drop it, or put it under the command's own `hints`")
        }
      }
      diagnostics += decoder.diagnostics
    }
    return result.mapValues(\.hint)
  }
}
