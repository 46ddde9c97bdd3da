internal import Policy

/// A rule, or a part of it, as a policy file has it.
struct RuleText {
  let rule: CommandRule

  private func usage(verb: String?) -> Usage {
    verb.flatMap { rule.verbs?.rule(named: $0)?.usage } ?? rule.usage
  }

  /// `-n, --lines: count 0..50`; nil when the rule has no such option.
  func option(_ names: [String], verb: String?) -> String? {
    usage(verb: verb).options.rules.first { $0.names == names }.map(Self.line)
  }

  private static func line(_ option: OptionRule) -> String {
    let type = option.value.typeText + (option.isRepeatable ? ", repeated" : "")
    let names = option.names.joined(separator: ", ")
    return "\(names.contains(",") ? names : YAMLText.scalar(names)): \(YAMLText.value(type))"
  }

  /// `none` or `[path*]`.
  func operands(verb: String?) -> String {
    let items = usage(verb: verb).operands.items
    return items.isEmpty ? "none" : YAMLText.list(items.map(\.description))
  }

  /// A whole entry of `commands`, of a rule that has options and operands only.
  func whole(allow lines: [String]) -> String {
    var text = "  \(YAMLText.scalar(rule.name)):\n"
    text += "    exec: \(YAMLText.value(rule.executable))\n"
    text += "    about: \(YAMLText.value(rule.about))\n"
    if !rule.usage.options.rules.isEmpty {
      text += "    options:\n" + rule.usage.options.rules.map { "      \(Self.line($0))\n" }.joined()
    }
    text += "    operands: \(operands(verb: nil))\n"
    text += "    allow:\n" + lines.map { "      - \(YAMLText.scalar($0))\n" }.joined()
    // An option that no table has.
    return text + "    deny:\n      - \(YAMLText.scalar("\(rule.name) --not-listed"))\n"
  }
}
