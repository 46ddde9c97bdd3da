/// What has parts of its own: conditionals, folds, objects, definitions, variables.
extension JqParser {
  /// Behind `if` or `elif`. Without `else` the input stays as it is, as of jq 1.7.
  mutating func conditional() throws(ProgramRefusal) -> JqExpression {
    let condition = try pipe()
    try expect(.then, "after the condition")
    let positive = try pipe()
    if token == .keyword(.elif) {
      // One level further, as the `if` that is printed for it.
      let negative = try nested { parser throws(ProgramRefusal) in
        try parser.advance()
        return try parser.conditional()
      }
      return .conditional(condition, then: positive, else: negative)
    }
    var negative = JqExpression.identity
    if token == .keyword(.else) {
      try advance()
      negative = try pipe()
    }
    try expect(.end, "at the end of `if`")
    return .conditional(condition, then: positive, else: negative)
  }

  /// Behind `reduce` or `foreach`.
  mutating func fold(_ keyword: JqKeyword) throws(ProgramRefusal) -> JqExpression {
    let source = try term()
    try expect(.as, "after what \(keyword.rawValue) goes through")
    let patterns = try patterns()
    try expect("(", "before the start value")
    let start = try pipe()
    try expect(";", "after the start value")
    let update = try pipe()
    if keyword == .reduce {
      try expect(")", "at the end of reduce")
      return .reduce(source, patterns, start: start, update: update)
    }
    var extract: JqExpression?
    if try accept(";") { extract = try pipe() }
    try expect(")", "at the end of foreach")
    return .foreach(source, patterns, start: start, update: update, extract: extract)
  }

  /// `def name(parameters): body;` and what it is for; nothing at the end of the filter is `.`.
  mutating func definition() throws(ProgramRefusal) -> JqExpression {
    try expect(.def, "before a name")
    guard case .identifier(let name) = token else { throw unexpected("a name belongs after `def`") }
    try JqScope.checkDefinition(of: name, at: start)
    try advance()
    var parameters: [JqDefinition.Parameter] = []
    if try accept("(") {
      repeat { parameters.append(try parameter()) } while try accept(";")
      try expect(")", "at the end of the parameters")
    }
    try expect(":", "before the body of \(name)")
    let outer = scope
    scope.define(name, parameters.count)
    let definedScope = scope
    for parameter in parameters { scope.define(parameter.name, 0) }
    let body = try pipe()
    try expect(";", "at the end of \(name)")
    scope = definedScope
    let rest = token == .end ? .identity : try pipe()
    scope = outer
    return .definition(JqDefinition(name: name, parameters: parameters, body: body), body: rest)
  }

  private mutating func parameter() throws(ProgramRefusal) -> JqDefinition.Parameter {
    if token == .symbol("$") {
      let place = start
      let name = try variable()
      try JqScope.checkDefinition(of: name, at: place)
      return .variable(name)
    }
    guard case .identifier(let name) = token else { throw unexpected("a parameter is `name` or `$name`") }
    try JqScope.checkDefinition(of: name, at: start)
    try advance()
    return .filter(name)
  }

  /// `$name`; the name of the environment's variable is refused wherever it stands.
  mutating func variable() throws(ProgramRefusal) -> String {
    try expect("$", "before a variable's name")
    guard case .identifier(let name) = token else { throw unexpected("a variable is `$name`") }
    try JqScope.checkVariable(name, at: start)
    try advance()
    return name
  }

  /// `$name`, or `$__loc__`: the place in the filter as it was written, since what runs has another.
  mutating func variableOrPlace() throws(ProgramRefusal) -> JqExpression {
    let line = self.line
    var ahead = self
    try ahead.advance()
    guard ahead.token == .keyword(.location) else { return .variable(try variable()) }
    try advance()
    try advance()
    return .object([
      JqEntry(key: .name("file"), value: .string(JqString(format: nil, parts: [.text("<top-level>")]))),
      JqEntry(key: .name("line"), value: .number(String(line))),
    ])
  }

  mutating func object() throws(ProgramRefusal) -> JqExpression {
    try expect("{", "before an object")
    if try accept("}") { return .object([]) }
    var entries: [JqEntry] = []
    repeat { entries.append(try entry()) } while try accept(",")
    try expect("}", "at the end of the object")
    return .object(entries)
  }

  private mutating func entry() throws(ProgramRefusal) -> JqEntry {
    switch token {
    case .symbol("$"):
      let value = try variableOrPlace()
      if case .variable(let name) = value { return JqEntry(key: .name(name), value: value) }
      return JqEntry(key: .name(JqKeyword.location.rawValue), value: value)
    case .identifier, .keyword, .quote, .format:
      let key = try entryKey()
      guard try accept(":") else {
        let index: JqIndex = if case .name(let name) = key { .name(name) } else { .key(key.expression) }
        return JqEntry(key: key, value: .index(.identity, index, optional: false))
      }
      return JqEntry(key: key, value: try pipeWithoutComma())
    case .symbol("("):
      let key = try entryKey()
      try expect(":", "after a computed key")
      return JqEntry(key: key, value: try pipeWithoutComma())
    default: throw unexpected("a key is a name, a string, `$name` or an expression in parentheses")
    }
  }

  /// A key of an object or of a pattern, up to its colon.
  mutating func entryKey() throws(ProgramRefusal) -> JqKey {
    switch token {
    case .identifier(let name):
      try advance()
      return .name(name)
    case .keyword(let keyword):
      try advance()
      return .name(keyword.rawValue)
    case .symbol("("):
      try advance()
      let key = try pipe()
      try expect(")", "at the end of the key")
      return .computed(key)
    default:
      let key = try term()
      guard case .string(let string) = key else { throw unexpected("a key is a name or a string") }
      return string.constant.map(JqKey.name) ?? .computed(key)
    }
  }
}

extension JqKey {
  fileprivate var expression: JqExpression {
    switch self {
    case .name(let name): .string(JqString(format: nil, parts: name.isEmpty ? [] : [.text(name)]))
    case .computed(let expression): expression
    }
  }
}

extension JqDefinition.Parameter {
  var name: String {
    switch self {
    case .filter(let name), .variable(let name): name
    }
  }
}
