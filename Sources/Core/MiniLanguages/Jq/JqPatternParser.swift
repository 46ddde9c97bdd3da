/// Patterns behind `as`: the jq manual, "Variable / Symbolic Binding Operator".
extension JqParser {
  mutating func patterns() throws(ProgramRefusal) -> [JqPattern] {
    var patterns = [try pattern()]
    while try accept("?//") { patterns.append(try pattern()) }
    return patterns
  }

  private mutating func pattern() throws(ProgramRefusal) -> JqPattern {
    try nested { parser throws(ProgramRefusal) in
      if try parser.accept("[") {
        let items = try parser.patternItems { parser throws(ProgramRefusal) in try parser.pattern() }
        try parser.expect("]", "at the end of the pattern")
        return .array(items)
      }
      if try parser.accept("{") {
        let entries = try parser.patternItems { parser throws(ProgramRefusal) in try parser.patternEntry() }
        try parser.expect("}", "at the end of the pattern")
        return .object(entries)
      }
      return .variable(try parser.variable())
    }
  }

  private mutating func patternItems<Item>(
    _ item: (inout JqParser) throws(ProgramRefusal) -> Item
  ) throws(ProgramRefusal) -> [Item] {
    var items = [try item(&self)]
    while try accept(",") { items.append(try item(&self)) }
    return items
  }

  private mutating func patternEntry() throws(ProgramRefusal) -> JqPattern.Entry {
    if token == .symbol("$") {
      let name = try variable()
      return JqPattern.Entry(key: .variable(name), value: try accept(":") ? try pattern() : nil)
    }
    let key: JqPattern.Entry.Key =
      switch try entryKey() {
      case .name(let name): .name(name)
      case .computed(let expression): .computed(expression)
      }
    try expect(":", "after a key of the pattern")
    return JqPattern.Entry(key: key, value: try pattern())
  }
}
