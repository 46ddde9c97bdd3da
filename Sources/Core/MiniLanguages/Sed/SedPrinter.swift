/// Prints a tree with one command a line.
struct SedPrinter {
  private(set) var output: [UInt8] = []

  /// Characters for delimiters, of which one is taken that the expression does not have: it never needs a backslash
  /// then. None means anything to regular expressions or in a replacement.
  static let delimiters: [UInt8] = Array("/,|#%@!:;~_=\"'<>`-".utf8)

  static func delimiter(for texts: [UInt8]...) -> UInt8? {
    delimiters.first { delimiter in !texts.contains { $0.contains(delimiter) } }
  }

  mutating func print(_ commands: [SedCommand]) {
    for (index, command) in commands.enumerated() {
      if index > 0 { output.append(UInt8(ascii: "\n")) }
      print(command)
    }
  }

  private mutating func print(_ command: SedCommand) {
    print(command.lines)
    if command.negated { output.append(UInt8(ascii: "!")) }
    switch command.action {
    case .plain(let plain): output.append(plain.rawValue)
    case .list(let width): print(UInt8(ascii: "l"), width)
    case .quit(let silently, let status): print(silently ? UInt8(ascii: "Q") : UInt8(ascii: "q"), status)
    case .block(let commands):
      output += [UInt8(ascii: "{"), UInt8(ascii: "\n")]
      print(commands)
      output += commands.isEmpty ? [UInt8(ascii: "}")] : [UInt8(ascii: "\n"), UInt8(ascii: "}")]
    case .substitute(let substitution): print(substitution)
    case .transliterate(let from, let to): print(from, to)
    case .text(let text, let content): print(text, content)
    case .label(let name):
      output.append(UInt8(ascii: ":"))
      output += name
    case .branch(let branch, let label):
      output.append(branch.rawValue)
      output += label
    }
  }

  private mutating func print(_ letter: UInt8, _ argument: Int?) {
    output.append(letter)
    if let argument { print(argument) }
  }

  private mutating func print(_ number: Int) { output += Array(String(number).utf8) }

  private mutating func print(_ lines: SedLines) {
    switch lines {
    case .all: break
    case .one(let address): print(address)
    case .range(let address, let end):
      print(address)
      output.append(UInt8(ascii: ","))
      print(end)
    }
  }

  private mutating func print(_ address: SedAddress) {
    switch address {
    case .line(let line): print(line)
    case .last: output.append(UInt8(ascii: "$"))
    case .matching(let pattern): print(pattern)
    case .every(let first, let step):
      print(first)
      print(UInt8(ascii: "~"), step)
    }
  }

  private mutating func print(_ end: SedRangeEnd) {
    switch end {
    case .line(let line): print(line)
    case .last: output.append(UInt8(ascii: "$"))
    case .matching(let pattern): print(pattern)
    case .after(let count): print(UInt8(ascii: "+"), count)
    case .multiple(let count): print(UInt8(ascii: "~"), count)
    }
  }

  private mutating func print(_ address: SedAddressPattern) {
    let delimiter = Self.delimiter(for: address.pattern) ?? UInt8(ascii: "/")
    output += delimiter == UInt8(ascii: "/") ? [delimiter] : [UInt8(ascii: "\\"), delimiter]
    output += address.pattern
    output.append(delimiter)
    if address.ignoreCase { output.append(UInt8(ascii: "I")) }
    if address.multipleLines { output.append(UInt8(ascii: "M")) }
  }

  private mutating func print(_ substitution: SedSubstitution) {
    let delimiter = Self.delimiter(for: substitution.pattern, substitution.replacement) ?? UInt8(ascii: "/")
    output += [UInt8(ascii: "s"), delimiter]
    output += substitution.pattern
    output.append(delimiter)
    output += substitution.replacement
    output.append(delimiter)
    if let number = substitution.flags.number { print(number) }
    if substitution.flags.global { output.append(UInt8(ascii: "g")) }
    if substitution.flags.print { output.append(UInt8(ascii: "p")) }
    if substitution.flags.ignoreCase { output.append(UInt8(ascii: "I")) }
    if substitution.flags.multipleLines { output.append(UInt8(ascii: "M")) }
  }

  private mutating func print(_ from: [UInt8], _ to: [UInt8]) {
    output += [UInt8(ascii: "y"), UInt8(ascii: "/")]
    for half in [from, to] {
      for byte in half {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "\n"): output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        default: output.append(byte)
        }
      }
      output.append(UInt8(ascii: "/"))
    }
  }

  private mutating func print(_ command: SedTextCommand, _ content: [UInt8]) {
    output += [command.rawValue, UInt8(ascii: "\\"), UInt8(ascii: "\n")]
    for byte in content {
      if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
    }
  }
}
