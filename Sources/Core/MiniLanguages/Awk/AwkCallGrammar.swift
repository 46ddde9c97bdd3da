/// Calls, and which names may be used and changed how.
extension AwkParser {
  mutating func call(_ function: AwkFunction) throws(AwkFailure) -> AwkGrown {
    let start = token
    try advance()
    var arguments: [AwkGrown] = []
    if at(.openParenthesis) {
      try advance()
      let offset = token.offset
      arguments = try list(until: .closeParenthesis)
      for (position, argument) in arguments.enumerated() {
        arguments[position] = try check(
          argument, function.role(ofArgument: position), of: function, at: offset)
      }
      try expect(.closeParenthesis, after: "the arguments of `\(function.rawValue)`")
    } else if function != .length {
      throw unexpected("`(` is missing after `\(function.rawValue)`")
    }
    if function == .length, arguments.isEmpty {
      arguments = [AwkGrown(.field(.number("0")), height: 2)]
    }
    guard function.counts.contains(arguments.count) else {
      let isMore = arguments.count > function.counts.upperBound
      throw AwkFailure(
        offset: start.offset, reason: "`\(function.rawValue)` has too \(isMore ? "many" : "few") arguments",
        hint: isMore ? function.hintForTooMany : "")
    }
    return try grow(.function(function, arguments.map(\.expression)), over: arguments)
  }

  private mutating func check(
    _ argument: AwkGrown, _ role: AwkFunction.Role, of function: AwkFunction, at offset: Int
  ) throws(AwkFailure) -> AwkGrown {
    switch role {
    case .value: return argument.value
    case .valueOrArray: return argument.value
    case .regularExpression: return argument
    case .array:
      guard case .variable(let name) = argument.expression else {
        throw AwkFailure(offset: offset, reason: "the second argument of `split` is the name of an array")
      }
      try useArray(name, at: offset)
      return argument
    case .place:
      guard argument.expression.isPlace else {
        throw AwkFailure(
          offset: offset,
          reason: "`\(function.rawValue)` changes its third argument, and this is no variable",
          hint: "copy the text into a variable first")
      }
      try checkChange(of: argument.expression, at: offset)
      return argument
    }
  }

  mutating func call(_ name: String) throws(AwkFailure) -> AwkGrown {
    let offset = token.offset
    try advance()
    try expect(.openParenthesis, after: "`\(name)`")
    let arguments = try list(until: .closeParenthesis).map(\.value)
    try expect(.closeParenthesis, after: "the arguments of `\(name)`")
    names.call(name, count: arguments.count, at: offset)
    return try grow(.call(name, arguments.map(\.expression)), over: arguments)
  }

  mutating func useArray(_ name: String, at offset: Int) throws(AwkFailure) {
    guard !AwkRestrictions.specialVariables.contains(name) else {
      throw AwkFailure(offset: offset, reason: "`\(name)` is no array", hint: "use another name")
    }
    names.useVariable(name, at: offset)
  }

  /// Whether a place may be changed other than by a plain assignment to OFMT or CONVFMT.
  func checkChange(of place: AwkExpression, at offset: Int) throws(AwkFailure) {
    guard case .variable(let name) = place else { return }
    if name == "FILENAME" {
      throw AwkFailure(
        offset: offset, reason: "`FILENAME` says which file is read, and is not set", hint: "use another name"
      )
    }
    if isNumberFormat(place) {
      throw AwkFailure(
        offset: offset, reason: "`\(name)` is set by a plain assignment only",
        hint: "write `\(name) = \"%.2g\"`, or use printf")
    }
  }

  func isNumberFormat(_ place: AwkExpression) -> Bool {
    place == .variable("OFMT") || place == .variable("CONVFMT")
  }

  func checkNumberFormat(
    _ place: AwkExpression, _ value: AwkExpression, at offset: Int
  ) throws(AwkFailure) {
    guard case .variable(let name) = place else { return }
    guard case .string(let format) = value else {
      throw AwkFailure(
        offset: offset, reason: "`\(name)` is set to a string constant only",
        hint: "write `\(name) = \"%.2g\"`")
    }
    if let objection = AwkNumberFormat.objection(to: format, in: name) {
      throw AwkFailure(offset: offset, reason: objection.reason, hint: objection.hint)
    }
  }
}
