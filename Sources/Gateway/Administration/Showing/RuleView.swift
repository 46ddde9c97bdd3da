internal import Policy

extension Availability {
  /// What is said behind a command that cannot be used; empty when it can.
  var remark: String {
    switch self {
    case .usable: ""
    case .notInstalled: "  not installed"
    case .unsafe(let reason): "  not usable: \(reason)"
    case .disabled(let place): "  disabled by \(place)"
    }
  }
}

/// All that a command's rule says.
struct RuleView {
  let rule: CommandRule

  func text(isAllowed: Bool, _ asker: Asker) -> String {
    var text = "\(rule.name): \(rule.about)\n  rule: \(rule.location)\n"
    if !isAllowed { text += "  not for \(asker.description)\n" }
    text += "  executable: \(rule.executable)" + rule.availability.remark + "\n"
    text +=
      "  arguments: \(rule.convention.rawValue)" + (rule.separator ? ", -- before the operands" : "") + "\n"
    if !rule.fixed.isEmpty { text += "  always added: \(rule.fixed.joined(separator: " "))\n" }
    text += Self.text(rule.usage, hasOperands: rule.verbs == nil, indent: "  ")
    if let verbs = rule.verbs {
      text += "  verbs:\n"
      for verb in verbs.rules {
        let standard = verbs.standard.map(verb.names.contains) == true ? " (when none is given)" : ""
        text += "    \(verb.names.joined(separator: ", "))\(standard)\n"
        let own = Usage(
          options: Array(verb.usage.options.rules.dropFirst(verb.sharedOptions)),
          operands: verb.usage.operands)
        text += Self.text(own, hasOperands: true, indent: "      ")
      }
    }
    text += "  at most \(rule.maximumOperands) operands\n"
    text += "  environment: \(rule.environment.joined(separator: " "))\n"
    text += "  reads: \(rule.reads.shortText)\n"
    let needs = rule.needs.description
    if !needs.isEmpty { text += "  needs: \(needs)\n" }
    if rule.needs.scratch > 0 { text += "  scratch: \(Limits.bytes(rule.needs.scratch))\n" }
    text += "  limits: \(rule.limits)\n"
    for (title, examples) in [("allowed", rule.allow), ("refused", rule.deny)] where !examples.isEmpty {
      text += "  \(title), such as:\n" + examples.map { "    \($0.line)\n" }.joined()
    }
    return text
  }

  private static func text(_ usage: Usage, hasOperands: Bool, indent: String) -> String {
    var text = ""
    if !usage.options.rules.isEmpty {
      text += "\(indent)options:\n" + usage.options.rules.map { "\(indent)  \($0)\n" }.joined()
    }
    let rules = usage.options.rules
    for index in usage.required {
      text += "\(indent)required: \(rules[index].names.joined(separator: " or "))\n"
    }
    for group in usage.exclusive {
      text += "\(indent)at most one of: \(group.map { rules[$0].names[0] }.joined(separator: ", "))\n"
    }
    if hasOperands { text += "\(indent)operands: \(usage.operands)\n" }
    return text
  }

  func json(isAllowed: Bool) -> JSONValue {
    [
      "name": .text(rule.name), "about": .text(rule.about), "place": .text(rule.location.description),
      "allowed": .bool(isAllowed), "installed": .bool(rule.availability != .notInstalled),
      "usable": .bool(rule.availability == .usable), "executable": .text(rule.executable),
      "arguments": .text(rule.convention.rawValue), "separator": .bool(rule.separator),
      "fixed": .texts(rule.fixed),
      "environment": .texts(rule.environment), "usage": Self.json(rule.usage),
      "verbs": rule.verbs.map { verbs in
        .list(
          verbs.rules.map { verb in
            [
              "names": .texts(verb.names), "default": .bool(verbs.standard.map(verb.names.contains) == true),
              "usage": Self.json(verb.usage),
            ]
          })
      } ?? .null,
      "maximum-operands": .number(rule.maximumOperands), "reads": .text(rule.reads.shortText),
      "needs": rule.needs.json, "limits": rule.limits.json, "allow": .texts(rule.allow.map(\.line)),
      "deny": .texts(rule.deny.map(\.line)),
    ]
  }

  private static func json(_ usage: Usage) -> JSONValue {
    let rules = usage.options.rules
    return [
      "options": .list(
        rules.map {
          ["names": .texts($0.names), "type": .text($0.value.typeText), "repeated": .bool($0.isRepeatable)]
        }),
      "required": .texts(usage.required.map { rules[$0].names[0] }),
      "exclusive": .list(usage.exclusive.map { group in .texts(group.map { rules[$0].names[0] }) }),
      "operands": .texts(usage.operands.items.map(\.description)),
    ]
  }
}
