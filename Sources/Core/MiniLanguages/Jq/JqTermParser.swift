/// Terms and their suffixes: the jq manual, "Basic filters" and "Types and Values".
extension JqParser {
  mutating func term() throws(ProgramRefusal) -> JqExpression {
    var (term, isSuffixed) = try primary()
    while true {
      if case .field(let name) = token {
        try advance()
        term = .index(term, .name(name), optional: false)
        isSuffixed = true
      } else if try accept(".") {
        // `.a."b"`, and `.a.[0]` as of jq 1.7.
        guard token == .quote || isFormat || token == .symbol("[") else {
          throw unexpected("write `.name` or `.[…]`")
        }
        term = .index(term, try dotted(), optional: false)
        isSuffixed = true
      } else if token == .symbol("[") {
        term = .index(term, try bracketed(), optional: false)
        isSuffixed = true
      } else if token == .symbol("?") || token == .symbol("?//") {
        if try !accept("?") { splitAlternative() }
        if isSuffixed, case .index(let base, let index, optional: false) = term {
          term = .index(base, index, optional: true)
        } else {
          term = .optional(term)
        }
        isSuffixed = false
      } else {
        return term
      }
    }
  }

  private var isFormat: Bool { if case .format = token { true } else { false } }

  /// What a term begins with, and whether a `?` behind it belongs to a suffix.
  private mutating func primary() throws(ProgramRefusal) -> (JqExpression, Bool) {
    switch token {
    case .field(let name):
      try advance()
      return (.index(.identity, .name(name), optional: false), true)
    case .symbol("."):
      try advance()
      guard token == .quote || isFormat else { return (.identity, false) }
      return (.index(.identity, try dotted(), optional: false), true)
    default: return (try closed(), false)
    }
  }

  /// Terms that need no more than a beginning and an end.
  private mutating func closed() throws(ProgramRefusal) -> JqExpression {
    switch token {
    case .number(let digits):
      try advance()
      return .number(digits)
    case .quote: return .string(try string(nil))
    case .format: return try formatted()
    case .identifier(let name): return try call(name)
    case .symbol(".."):
      try advance()
      return .descend
    case .symbol("$"): return try variableOrPlace()
    case .symbol("("):
      try advance()
      let inner = try pipe()
      try expect(")", "at the end of the parentheses")
      return inner
    case .symbol("["):
      try advance()
      if try accept("]") { return .array(nil) }
      let inner = try pipe()
      try expect("]", "at the end of the array")
      return .array(inner)
    case .symbol("{"): return try object()
    case .keyword(let keyword): return try worded(keyword)
    default: throw unexpected()
    }
  }

  /// Terms that begin with a keyword.
  private mutating func worded(_ keyword: JqKeyword) throws(ProgramRefusal) -> JqExpression {
    switch keyword {
    case .if:
      try advance()
      return try conditional()
    case .reduce, .foreach:
      try advance()
      return try fold(keyword)
    case .break:
      try advance()
      return .leave(try variable())
    case .import, .include, .module:
      throw refusal(
        "`\(keyword.rawValue)` reads a file of definitions", hint: "define what you need with `def`")
    default: throw unexpected()
    }
  }

  private mutating func formatted() throws(ProgramRefusal) -> JqExpression {
    guard case .format(let name) = token else { throw unexpected() }
    guard let format = JqFormat(rawValue: name) else {
      let known = JqFormat.allCases.map { "@\($0.rawValue)" }.joined(separator: " ")
      throw refusal("jq has no format `@\(name)`", hint: "one of \(known)")
    }
    try advance()
    return token == .quote ? .string(try string(format)) : .format(format)
  }

  /// Behind a dot: a string, or brackets.
  private mutating func dotted() throws(ProgramRefusal) -> JqIndex {
    if token == .symbol("[") { return try bracketed() }
    let key = token == .quote ? JqExpression.string(try string(nil)) : try formatted()
    guard case .string(let string) = key else { throw unexpected("a string belongs behind the format") }
    return Self.index(string)
  }

  private static func index(_ string: JqString) -> JqIndex {
    string.constant.map(JqIndex.name) ?? .key(.string(string))
  }

  private mutating func bracketed() throws(ProgramRefusal) -> JqIndex {
    try expect("[", "before an index")
    if try accept("]") { return .all }
    if try accept(":") {
      let end = try pipe()
      try expect("]", "at the end of the slice")
      return .slice(nil, end)
    }
    let key = try pipe()
    guard try accept(":") else {
      try expect("]", "at the end of the index")
      if case .string(let string) = key { return Self.index(string) }
      return .key(key)
    }
    if try accept("]") { return .slice(key, nil) }
    let end = try pipe()
    try expect("]", "at the end of the slice")
    return .slice(key, end)
  }

  private mutating func call(_ name: String) throws(ProgramRefusal) -> JqExpression {
    let place = start
    try advance()
    if let constant = JqConstant(rawValue: name), token != .symbol("(") { return .constant(constant) }
    var arguments: [JqExpression] = []
    if try accept("(") {
      repeat { arguments.append(try pipe()) } while try accept(";")
      try expect(")", "at the end of the arguments, which `;` separates")
    }
    try scope.check(name, arguments.count, at: place)
    return .call(name, arguments)
  }
}
