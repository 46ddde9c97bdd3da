/// The names that a program uses, to see at the end that a name is one thing only.
struct AwkNames: Sendable {
  private var variables: [String: Int] = [:]
  private var functions: [String: Int] = [:]
  private var calls: [(name: String, count: Int, offset: Int)] = []

  mutating func useVariable(_ name: String, at offset: Int) {
    if variables[name] == nil { variables[name] = offset }
  }

  mutating func call(_ name: String, count: Int, at offset: Int) { calls.append((name, count, offset)) }

  mutating func define(_ name: String, parameters: Int, at offset: Int) throws(AwkFailure) {
    guard functions.updateValue(parameters, forKey: name) == nil else {
      throw AwkFailure(offset: offset, reason: "the function `\(name)` is defined twice")
    }
  }

  func check() throws(AwkFailure) {
    for call in calls {
      guard let parameters = functions[call.name] else {
        throw AwkFailure(
          offset: call.offset, reason: "awk has no function `\(call.name)`",
          hint: "define it in the program; before a parenthesis that is no call, write a space")
      }
      guard call.count <= parameters else {
        throw AwkFailure(
          offset: call.offset,
          reason: "the function `\(call.name)` takes \(parameters) arguments, not \(call.count)")
      }
    }
    for name in functions.keys.sorted() {
      guard let offset = variables[name] else { continue }
      throw AwkFailure(
        offset: offset, reason: "`\(name)` is a function and a variable",
        hint: "call it without a space before the parenthesis, or use another name")
    }
  }
}
