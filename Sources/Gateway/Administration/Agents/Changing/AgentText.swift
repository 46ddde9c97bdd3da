internal import Policy
internal import PolicyFiles

/// An agent as commands write it: its entry in a policy file.
struct AgentText {
  var name: String
  var about = ""
  /// Lines of `.pub` files.
  var keys: [String] = []
  var principals: [String] = []
  var roles: [String] = []
  var networks: [String] = []
  var expiry: String?
  var limits = AgentLimits()

  /// A whole file of these agents and authorities, laid out as `keyhole policy format` does.
  static func file(of agents: [AgentText], authorities: [String] = []) throws -> [UInt8] {
    var text = ""
    if !agents.isEmpty { text += "agents:\n" + agents.map(\.entry).joined(separator: "\n") }
    if !authorities.isEmpty {
      text += "certificate-authorities:\n" + authorities.map { "  - \(YAMLText.value($0))\n" }.joined()
    }
    do throws(Diagnostic) {
      return try PolicyFormatter().format(Array(text.utf8), path: "the new file")
    } catch {
      throw AgentFailure(message: error.message, hint: error.hint)
    }
  }

  private var entry: String {
    var text = "  \(YAMLText.scalar(name)):\n"
    func add(_ key: String, _ value: String) { text += "    \(key): \(value)\n" }
    if !about.isEmpty { add("about", YAMLText.value(about)) }
    if !keys.isEmpty { text += "    keys:\n" + keys.map { "      - \(YAMLText.value($0))\n" }.joined() }
    if !principals.isEmpty { add("principals", YAMLText.list(principals)) }
    add("roles", YAMLText.list(roles))
    if !networks.isEmpty { add("from", YAMLText.list(networks)) }
    if let expiry { add("expires", YAMLText.value(expiry)) }
    let bounds = [("connections", limits.connections), ("calls", limits.calls)]
      .compactMap { name, bound in bound.map { "\(name): \($0)" } }
    if !bounds.isEmpty { add("limits", "{\(bounds.joined(separator: ", "))}") }
    return text
  }
}

extension AgentText {
  /// Whether a name may be an agent's: as the policy language has it.
  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && ByteSet.word.union(ByteSet("-.")).holdsAll(of: text.utf8)
  }

  /// Why a text may not stand as one line of a policy.
  static func checkLine(_ text: String, _ what: String) throws(AgentFailure) {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw AgentFailure(message: "\(what) must be one line, and not empty")
    }
  }
}
