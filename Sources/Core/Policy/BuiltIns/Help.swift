extension Policy {
  /// What `help` prints: the commands that the agent may use on this host, and the built-ins.
  public func helpText(for agent: Agent?) -> String {
    let judge = Judge(policy: self, agent: agent)
    let usable = commands.values.filter { judge.isUsable($0.name) }.sorted { $0.name < $1.name }
    let builtIns = BuiltIn.allCases.map { ($0.rawValue, $0.about) }
    let width = (usable.map(\.name) + builtIns.map(\.0)).map(\.utf8.count).max() ?? 0
    func row(_ name: String, _ about: String) -> String {
      "  " + name + String(repeating: " ", count: width - name.utf8.count + 2) + about + "\n"
    }
    return "commands (`help COMMAND` shows options and examples):\n"
      + usable.map { row($0.name, $0.about) }.joined()
      + "built in:\n" + builtIns.map { row($0.0, $0.1) }.joined()
      + "join them with |, ;, && and ||; quote words with '…'; nothing can be changed.\n"
  }
}

extension Judge {
  func help(_ names: [String]) throws(Refusal) -> JudgedStage.Action {
    guard let name = names.first else { return said(policy.helpText(for: agent)) }
    guard names.count == 1 else {
      throw refusal(.help, "one command at a time", hint: "such as `help \(name)`")
    }
    if let builtIn = BuiltIn(rawValue: name) { return said("\(name): \(builtIn.about)\n") }
    return said(try rule(for: name).helpText)
  }
}

extension CommandRule {
  /// What `help COMMAND` prints.
  var helpText: String {
    var text = "\(name): \(about)\n"
    text += list("options", usage.options.rules.map(\.description))
    if let verbs {
      text += "verbs:\n"
      for verb in verbs.rules {
        let standard = verbs.standard.map(verb.names.contains) == true ? " (when no verb is given)" : ""
        text += "  \(verb.names.joined(separator: ", "))\(standard): \(verb.usage.operands)\n"
        for option in verb.usage.options.rules[verb.sharedOptions...] { text += "      \(option)\n" }
      }
    } else if convention == .find {
      text += "operands: start paths, then an expression of the options above with ( ) ! -a -o ,\n"
    } else {
      text += "operands: \(usage.operands)\n"
    }
    for index in usage.required {
      text += "required: \(usage.options.rules[index].names.joined(separator: " or "))\n"
    }
    for requirement in usage.requiredWhen {
      let names = usage.options.rules[requirement.option].names.joined(separator: " or ")
      text += "required where $\(requirement.variable) has a bound: \(names)\n"
    }
    for group in usage.exclusive {
      text += "at most one of: \(group.map { usage.options.rules[$0].names[0] }.joined(separator: ", "))\n"
    }
    if !fixed.isEmpty { text += "always added: \(fixed.joined(separator: " "))\n" }
    text += "limits: \(limits)\n"
    text += list("examples", allow.map(\.line))
    text += list("refused", deny.map(\.line))
    return text
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : title + ":\n" + lines.map { "  \($0)\n" }.joined()
  }
}
