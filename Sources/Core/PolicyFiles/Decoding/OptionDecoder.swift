internal import Policy
internal import Yams

extension FileDecoder {
  /// An `options` mapping; `taken` holds the spellings that are known already and gets the new ones.
  mutating func options(
    _ node: Node?, _ convention: ArgumentConvention, taken: inout Set<String>
  ) -> [OptionRule] {
    guard let node else { return [] }
    var rules: [OptionRule] = []
    for (key, names, value) in entries(node, "options") {
      let spellings = spellings(names, key, convention, taken: &taken)
      guard let type = text(value, "the type of an option"), !spellings.isEmpty else { continue }
      do throws(TypeSyntaxError) {
        let rule = try OptionRule(names: spellings, parsing: type)
        check(rule, value, convention)
        warnOfUnreachableWords(rule, value, convention)
        noteUse(rule.type, at: value)
        rules.append(rule)
      } catch {
        fail(value, error.message, hint: error.hint, offset: error.offset)
      }
    }
    return rules
  }

  /// The spellings in a key such as `-n, --lines`.
  private mutating func spellings(
    _ text: String, _ key: Node, _ convention: ArgumentConvention, taken: inout Set<String>
  ) -> [String] {
    var result: [String] = []
    for (name, offset) in listed(text) {
      if let problem = problem(with: name, convention) {
        fail(key, problem, hint: "such as `-n, --lines`", offset: offset)
      } else if !taken.insert(name).inserted {
        fail(key, "option `\(name)` stands twice", offset: offset)
      } else {
        warnOfShadowedSpelling(name, key, convention, taken: taken, offset: offset)
        result.append(name)
      }
    }
    return result
  }

  /// The parts of a list with commas, trimmed, each with its byte offset.
  func listed(_ text: String) -> [(name: String, offset: Int)] {
    if !text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }) {
      return [(text, 0)]
    }
    var offset = 0
    return text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
      let start = offset + part.prefix { $0 == UInt8(ascii: " ") }.count
      offset += part.count + 1
      let trimmed = String(Substring(part)).split(separator: " ").joined(separator: " ")
      return (trimmed, start)
    }
  }

  private func problem(with name: String, _ convention: ArgumentConvention) -> String? {
    let bytes = Array(name.utf8)
    let isPlain = bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
    guard !bytes.isEmpty, isPlain, name != "-", name != "--" else { return "`\(name)` is not an option" }
    switch convention {
    case .getopt, .posix, .verbsGetopt:
      if name == OptionRule.numeric { return nil }
      guard bytes[0] == UInt8(ascii: "-") else { return "`\(name)` does not begin with `-`" }
      if bytes[1] == UInt8(ascii: "-") || bytes.count == 2 { return nil }
      return "`\(name)` is neither a letter after `-` nor a word after `--`"
    case .bsd:
      if bytes.count == 1, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0] | 0x20) { return nil }
      guard bytes[0] == UInt8(ascii: "-"), name != OptionRule.numeric else {
        return "`\(name)` is neither a letter nor begins with `-`"
      }
      if bytes[1] == UInt8(ascii: "-") || bytes.count == 2 { return nil }
      return "`\(name)` is neither a letter after `-` nor a word after `--`"
    case .assignments:
      return bytes[0] == UInt8(ascii: "-") ? "`\(name)` begins with `-`: names stand before a `=`" : nil
    case .words: return name == OptionRule.numeric ? "-NUM is for getopt and posix only" : nil
    case .find, .verbsWords:
      return bytes[0] == UInt8(ascii: "-") && name != OptionRule.numeric
        ? nil : "`\(name)` does not begin with `-`"
    }
  }

  private mutating func check(_ rule: OptionRule, _ node: Node, _ convention: ArgumentConvention) {
    if rule.names.contains(OptionRule.numeric) {
      guard case .required(.count) = rule.value, rule.names.count == 1 else {
        fail(node, "-NUM stands alone and takes a count", hint: "such as -NUM: count 0..10000")
        return
      }
    }
    if convention == .find, case .program = rule.type {
      fail(node, "find takes no program", hint: "programs are operands and values of the other conventions")
    }
    if convention == .assignments, rule.value == .flag {
      fail(node, "a word `name=value` has a value", hint: "such as bs: size")
    }
    switch (rule.value, convention) {
    case (.optional, .words), (.optional, .find), (.optional, .verbsWords), (.optional, .bsd),
      (.optional, .assignments):
      fail(
        node, "`optional` is for getopt and posix only",
        hint: "the value of an exact word is always the next word")
    case (.optional, _), (.flag, _), (.required, _): break
    }
  }

  /// The names in `required` or one group of `exclusive`, all of which must be options.
  mutating func optionNames(_ node: Node, _ what: String, among rules: [OptionRule]) -> [String] {
    let known = rules.flatMap(\.names)
    return lines(node, what).compactMap { item, name in
      if known.contains(name) { return name }
      optionIsUnknown(name, item, what, known)
      return nil
    }
  }

  mutating func optionIsUnknown(_ name: String, _ node: Node, _ what: String, _ known: [String]) {
    fail(
      node, "`\(name)` in \(what) is not among the options",
      hint: nearest(to: name, among: known).first.map { "did you mean `\($0)`?" } ?? "")
  }

  /// A `reads`, with all spellings of the options after its `unless`.
  mutating func filesRead(_ node: Node, among options: OptionTable) -> FilesRead? {
    guard let text = text(node, "reads") else { return nil }
    do throws(TypeSyntaxError) {
      guard case .operands(let names) = try FilesRead(parsing: text) else { return .anything }
      var unless: [String] = []
      for name in names {
        guard let index = options.index(of: name) else {
          fail(node, "`\(name)` after `unless` is not among the options")
          continue
        }
        unless += options.rules[index].names
      }
      return .operands(unless: unless)
    } catch {
      fail(node, error.message, hint: error.hint, offset: error.offset)
      return nil
    }
  }

  mutating func operands(
    _ node: Node?, among rules: [OptionRule], _ convention: ArgumentConvention
  ) -> OperandPattern {
    guard let node, node.scalar?.string != "none" else { return OperandPattern() }
    guard node.sequence != nil else {
      fail(node, "`operands` must be `none` or a list of types", hint: "such as [\"pattern\", \"path*\"]")
      return OperandPattern()
    }
    let known = Set(rules.flatMap(\.names))
    var items: [OperandPattern.Item] = []
    var nodes: [Node] = []
    for (item, text) in lines(node, "operands") {
      do throws(TypeSyntaxError) {
        let operand = try OperandPattern.Item(parsing: text)
        for (keyword, names) in [("unless", operand.unless), ("with", operand.with)] {
          for name in names where !known.contains(name) {
            fail(item, "`\(name)` after `\(keyword)` is not among the options")
          }
        }
        items.append(operand)
        nodes.append(item)
        noteUse(operand.type, at: item)
      } catch {
        fail(item, error.message, hint: error.hint, offset: error.offset)
      }
    }
    if items.count > 32 { fail(node, "more than 32 operand types") }
    warnOfUnreachableItems(items, at: nodes, options: known, convention)
    return OperandPattern(Array(items.prefix(32)))
  }
}
