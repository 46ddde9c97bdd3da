/// What a program is made of: functions, and patterns with actions.
extension AwkParser {
  mutating func program() throws(AwkFailure) -> [AwkItem] {
    var items: [AwkItem] = []
    while true {
      while token.kind == .newline || at(.semicolon) { try advance() }
      if token.kind == .end { break }
      items.append(at(.function) ? try function() : try rule())
    }
    guard !items.isEmpty else {
      throw AwkFailure(
        offset: 0, reason: "the program is empty", hint: "write `{ print }` to print all lines")
    }
    try names.check()
    return items
  }

  private mutating func rule() throws(AwkFailure) -> AwkItem {
    switch token.kind {
    case .keyword(.begin):
      try advance()
      return .begin(try requiredAction(of: "BEGIN"))
    case .keyword(.end):
      try advance()
      return .end(try requiredAction(of: "END"))
    case .symbol(.openBrace): return .always(try block())
    default: break
    }
    let first = try expression().value.expression
    var last: AwkExpression?
    if try take(.comma) {
      try skipNewlines()
      last = try expression().value.expression
    }
    // A pattern alone prints the record.
    var action: [AwkStatement] = [.print([])]
    if at(.openBrace) {
      action = try block()
    } else if token.kind != .newline, token.kind != .end, !at(.semicolon) {
      throw unexpected("`{` or `;` is missing after the pattern")
    }
    return last.map { .range(first, $0, action) } ?? .when(first, action)
  }

  private mutating func requiredAction(of word: String) throws(AwkFailure) -> [AwkStatement] {
    guard at(.openBrace) else {
      throw unexpected("`{` is missing after `\(word)`", hint: "write `\(word) { … }` on one line")
    }
    return try block()
  }

  private mutating func function() throws(AwkFailure) -> AwkItem {
    try advance()
    let offset = token.offset
    let name = try expectName("the name of the function")
    try checkFresh(name, at: offset)
    try expect(.openParenthesis, after: "the name of the function")
    var parameters: [String] = []
    if !at(.closeParenthesis) {
      repeat {
        if !parameters.isEmpty { try skipNewlines() }
        let offset = token.offset
        let parameter = try expectName("the name of a parameter")
        try checkFresh(parameter, at: offset)
        guard !parameters.contains(parameter) else {
          throw AwkFailure(offset: offset, reason: "the parameter `\(parameter)` stands twice")
        }
        names.useVariable(parameter, at: offset)
        parameters.append(parameter)
      } while try take(.comma)
    }
    try expect(.closeParenthesis, after: "the parameters")
    try skipNewlines()
    try names.define(name, parameters: parameters.count, at: offset)
    isInFunction = true
    defer { isInFunction = false }
    return .function(name, parameters: parameters, try block())
  }

  private func checkFresh(_ name: String, at offset: Int) throws(AwkFailure) {
    guard AwkRestrictions.specialVariables.contains(name) else { return }
    throw AwkFailure(
      offset: offset, reason: "`\(name)` is a variable of awk's own", hint: "use another name")
  }
}
