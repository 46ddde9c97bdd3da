extension Judge {
  /// The refusal of a name that the policy does not have.
  func unknown(_ name: String) -> Refusal {
    Refusal(
      kind: .unknownCommand, rule: "commands", reason: "\(shown(name)) is not a known command",
      hint: hint(for: name))
  }

  private func hint(for name: String) -> String {
    if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) {
      let last = String(Substring(name.utf8[name.utf8.index(after: slash)...]))
      if isUsable(last) { return "commands are named without a path: write \(last)" }
    }
    if let habit = policy.hints[name] ?? Habits.hint(for: name) { return habit }
    let usable = policy.commands.keys.filter(isUsable) + BuiltIn.allCases.map(\.rawValue)
    let near = nearest(to: name, among: usable)
    if !near.isEmpty {
      return "did you mean " + near.joined(separator: " or ") + "? `help` lists the commands"
    }
    return "`help` lists the commands"
  }

  /// Whether the agent may use the command on this host.
  func isUsable(_ name: String) -> Bool {
    guard let rule = policy.commands[name] else { return false }
    return rule.availability == .usable && agent?.commands.contains(name) != false
  }
}
