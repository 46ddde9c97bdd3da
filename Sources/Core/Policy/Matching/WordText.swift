internal import CommandGrammar

extension Word {
  /// The word with its wildcards as written and without quotes.
  var unquoted: String {
    var result = ""
    for segment in segments {
      switch segment {
      case .literal(let text): result += text
      case .anyString: result += "*"
      case .anyCharacter: result += "?"
      case .bracket(let inner): result += "[\(inner)]"
      }
    }
    return result
  }

  /// The literal text before the first wildcard.
  var literalPrefix: String {
    guard case .literal(let text) = segments.first else { return "" }
    return text
  }

  var beginsWithDash: Bool { literalPrefix.utf8.first == UInt8(ascii: "-") }

  /// Whether it is `-` where a file is expected.
  var isStandardInput: Bool { text == "-" }

  var asArgument: Execution.Argument { text.map(Execution.Argument.literal) ?? .glob(self) }

  /// What is said when wildcards stand where they are not expanded.
  func wildcardMismatch(expected: String) -> TypeMismatch {
    TypeMismatch(
      "\(shown(unquoted)) has unquoted wildcards where \(expected) is expected",
      hint: "quote it: \(Word(unquoted))")
  }
}
