/// Terms, strings, patterns and definitions.
extension JqPrinter {
  mutating func printTerm(_ term: JqExpression) {
    switch term {
    case .identity: write(".")
    case .descend: write("..")
    case .constant(let constant): write(constant.rawValue)
    case .number(let digits): write(digits)
    case .string(let string): print(string)
    case .format(let format): write("@\(format.rawValue)")
    case .variable(let name): write("$\(name)")
    case .call(let name, let arguments):
      write(name)
      if !arguments.isEmpty { printArguments(arguments) }
    case .index(let base, let index, let optional):
      printBase(base)
      print(index, afterDot: base == .identity)
      if optional { write("?") }
    case .array(let inner):
      write("[")
      if let inner { printWhole(inner) }
      write("]")
    case .object(let entries): print(entries)
    case .optional(let inner):
      printParenthesized(inner)
      write("?")
    default: printParenthesized(term)
    }
  }

  /// What a suffix stands behind; numbers, strings and `..` would run into its dot.
  private mutating func printBase(_ base: JqExpression) {
    switch base {
    case .identity, .variable, .call, .index, .array, .object: printTerm(base)
    default: printParenthesized(base)
    }
  }

  private mutating func print(_ index: JqIndex, afterDot: Bool) {
    switch index {
    case .name(let name) where Self.isName(name): write(afterDot ? name : ".\(name)")
    case .name(let name): write("[\(Self.quoted(name))]")
    case .all: write("[]")
    case .key(let key):
      write("[")
      printWhole(key)
      write("]")
    case .slice(let from, let to):
      write("[")
      if let from { printOperand(from) }
      write(":")
      if let to { printOperand(to) }
      write("]")
    }
  }

  private mutating func print(_ entries: [JqEntry]) {
    write("{")
    for (index, entry) in entries.enumerated() {
      if index > 0 { write(", ") }
      switch entry.key {
      case .name(let name): write(Self.quoted(name))
      case .computed(let key): printParenthesized(key)
      }
      write(": ")
      printOperand(entry.value)
    }
    write("}")
  }

  mutating func print(_ string: JqString) {
    if let format = string.format { write("@\(format.rawValue) ") }
    write("\"")
    for part in string.parts {
      switch part {
      case .text(let text): write(Self.escaped(text))
      case .interpolation(let expression):
        write("\\")
        printParenthesized(expression)
      }
    }
    write("\"")
  }

  mutating func print(_ definition: JqDefinition) {
    write("def \(definition.name)")
    if !definition.parameters.isEmpty {
      let parameters = definition.parameters.map { parameter in
        switch parameter {
        case .filter(let name): name
        case .variable(let name): "$\(name)"
        }
      }
      write("(\(parameters.joined(separator: "; ")))")
    }
    write(": ")
    printWhole(definition.body)
    write(";")
  }

  mutating func print(_ patterns: [JqPattern]) {
    for (index, pattern) in patterns.enumerated() {
      if index > 0 { write(" ?// ") }
      print(pattern)
    }
  }

  private mutating func print(_ pattern: JqPattern) {
    switch pattern {
    case .variable(let name): write("$\(name)")
    case .array(let items):
      write("[")
      for (index, item) in items.enumerated() {
        if index > 0 { write(", ") }
        print(item)
      }
      write("]")
    case .object(let entries):
      write("{")
      for (index, entry) in entries.enumerated() {
        if index > 0 { write(", ") }
        print(entry)
      }
      write("}")
    }
  }

  private mutating func print(_ entry: JqPattern.Entry) {
    switch entry.key {
    case .name(let name): write(Self.quoted(name))
    case .variable(let name): write("$\(name)")
    case .computed(let key): printParenthesized(key)
    }
    guard let value = entry.value else { return }
    write(": ")
    print(value)
  }

  /// Whether `.name` means the key.
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, JqLexer.isNameStart(first) else { return false }
    return name.utf8.allSatisfy { JqLexer.isNameStart($0) || JqLexer.isDigit($0) }
  }

  static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// The text with what JSON escapes, and no control character as it is.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\t": escaped += "\\t"
      case "\r": escaped += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
