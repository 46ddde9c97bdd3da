extension CommandLine: CustomStringConvertible {
  /// The canonical line: one space between words, redirections behind the words, quotes only where
  /// they are needed. Parsing it gives this tree again, whenever parsing gave this tree.
  public var description: String {
    var printer = Printer()
    if let target { printer.text += "@\(target) " }
    for (index, step) in steps.enumerated() {
      if index > 0 {
        switch step.condition {
        case .always: printer.text += "; "
        case .afterSuccess: printer.text += " && "
        case .afterFailure: printer.text += " || "
        }
      }
      printer.print(step.stages)
    }
    return printer.text
  }
}

extension Stage: CustomStringConvertible {
  /// The stage as it stands in the canonical line.
  public var description: String {
    var printer = Printer()
    printer.print([self])
    return printer.text
  }
}

extension Word: CustomStringConvertible {
  /// The word as it stands in the canonical line, quoted where it has to be; the first word of a
  /// stage can need more quotes.
  public var description: String {
    var printer = Printer()
    printer.print(self, isFirst: false)
    return printer.text
  }
}

private struct Printer {
  var text = ""

  mutating func print(_ stages: [Stage]) {
    for (index, stage) in stages.enumerated() {
      if index > 0 { text += " | " }
      for (index, word) in stage.words.enumerated() {
        if index > 0 { text += " " }
        print(word, isFirst: index == 0)
      }
      for redirection in stage.redirections {
        text += " "
        text += redirection.rawValue
      }
    }
  }

  mutating func print(_ word: Word, isFirst: Bool) {
    for (index, segment) in word.segments.enumerated() {
      switch segment {
      case .literal(let literal):
        let isReserved = isFirst && index == 0 && ReservedWords.refusal(of: Array(literal.utf8)[...]) != nil
        print(literal, isQuoted: isReserved)
      case .anyString: text += "*"
      case .anyCharacter: text += "?"
      case .bracket(let bracket):
        text += "["
        text += bracket
        text += "]"
      }
    }
  }

  /// Single quotes, unless the text itself has one: then double quotes where they need no escape.
  private mutating func print(_ literal: String, isQuoted: Bool) {
    if !isQuoted, !literal.isEmpty, literal.utf8.allSatisfy(\.isPlain) {
      text += literal
      return
    }
    if literal.utf8.contains(UInt8(ascii: "'")) {
      let needsEscape = literal.utf8.contains {
        $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "\"")
          || $0 == UInt8(ascii: "\\")
      }
      guard needsEscape else {
        text += "\"\(literal)\""
        return
      }
    }
    var quoted: [UInt8] = [UInt8(ascii: "'")]
    for byte in literal.utf8 {
      if byte == UInt8(ascii: "'") {
        quoted.append(contentsOf: "'\\''".utf8)
      } else {
        quoted.append(byte)
      }
    }
    quoted.append(UInt8(ascii: "'"))
    text += String(decoding: quoted, as: UTF8.self)
  }
}
