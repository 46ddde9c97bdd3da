/// Which functions may be called where: jq's own that compute from their input, and those that the filter defines.
struct JqScope {
  private var defined: [Signature] = []

  private struct Signature: Equatable {
    var name: String
    var arity: Int
  }

  mutating func define(_ name: String, _ arity: Int) { defined.append(Signature(name: name, arity: arity)) }

  func check(_ name: String, _ arity: Int, at place: Int) throws(ProgramRefusal) {
    if let refused = JqFunctions.refused[name] {
      throw ProgramRefusal(offset: place, reason: refused.reason, hint: refused.hint)
    }
    guard !defined.contains(Signature(name: name, arity: arity)) else { return }
    let arities = JqFunctions.allowed[name, default: []] + defined.filter { $0.name == name }.map(\.arity)
    guard !arities.contains(arity) else { return }
    if !arities.isEmpty {
      let counts = Set(arities).sorted().map(String.init).joined(separator: " or ")
      throw ProgramRefusal(
        offset: place, reason: "`\(name)` does not take \(arity) argument\(arity == 1 ? "" : "s")",
        hint: "it takes \(counts); arguments are separated by `;`")
    }
    let nearest = JqFunctions.nearest(to: name, also: defined.map(\.name))
    throw ProgramRefusal(
      offset: place, reason: "there is no function `\(name)`",
      hint: nearest.map { "did you mean `\($0)`?" } ?? "text stands in double quotes, a key as `.\(name)`")
  }

  /// A filter cannot redefine what is refused, so that no difference in scopes reaches it.
  static func checkDefinition(of name: String, at place: Int) throws(ProgramRefusal) {
    guard JqFunctions.refused[name] == nil, JqConstant(rawValue: name) == nil else {
      throw ProgramRefusal(
        offset: place, reason: "`\(name)` cannot be redefined", hint: "choose another name")
    }
  }

  static func checkVariable(_ name: String, at place: Int) throws(ProgramRefusal) {
    if name == "ENV" {
      throw ProgramRefusal(
        offset: place, reason: "`$ENV` is the environment", hint: "filters compute from their input alone")
    }
    if name.hasPrefix("__") {
      throw ProgramRefusal(
        offset: place, reason: "`$\(name)` belongs to jq itself",
        hint: "names that begin with `__` are not for filters")
    }
  }
}
