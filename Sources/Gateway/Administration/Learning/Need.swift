internal import CommandGrammar
internal import Policy
internal import SecretPaths

/// What a refused line wants from the policy.
enum Need: Equatable {
  /// A command that the policy does not have.
  case command(String)
  /// A command that no role of the agent has.
  case role(agent: String, command: String)
  case option(String, verb: String?, WordReading.UnlistedOption)
  case value(String, verb: String?, option: OptionRule, value: String)
  case repetition(String, verb: String?, option: OptionRule)
  case operands(String, verb: String?, [Word])
  case verb(String, name: String)
  /// Nothing that is ever proposed, with the reason.
  case never(String)

  /// What needs have in common that one change can meet.
  var subject: Proposal.Subject? {
    switch self {
    case .command(let name): .command(name)
    case .role(let agent, let command): .role(agent, command: command)
    case .option(let command, let verb, let option): .option(command, verb: verb, names: [option.name])
    case .value(let command, let verb, let option, _), .repetition(let command, let verb, let option):
      .option(command, verb: verb, names: option.names)
    case .operands(let command, let verb, _): .operands(command, verb: verb)
    case .verb(let command, let name): .verb(command, name: name)
    case .never: nil
    }
  }
}

/// Finds out what a refused line wants.
struct NeedFinder {
  let policy: Policy
  let agent: Agent

  /// Nil when the line is allowed.
  func need(of text: String) -> Need? {
    let verdict = policy.verdict(on: text, for: .agent(agent), assumingInstalled: true)
    guard case .refused(let refusal) = verdict else { return nil }
    let ownWords = Need.never(Self.told(refusal))
    if agent.isSuspended { return ownWords }
    guard let line = try? CommandLine(parsing: text.utf8) else { return ownWords }
    switch refusal.kind {
    case .syntax: return ownWords
    case .secret: return .never("it asks for a secret, and no rule can allow it: \(refusal.reason)")
    case .unknownCommand, .notAllowed: break
    }
    let place = RefusalPlace(of: verdict, in: line) {
      policy.judge(parsing: $0.description, agent: agent, assumingInstalled: true)
    }
    guard let step = place?.step, let stage = place?.stage else { return ownWords }
    let words = line.steps[step].stages[stage].words
    if let secret = secret(among: words) { return .never(secret) }
    if let word = words.dropFirst().map(\.written).first(where: NeverProposed.namesScratch) {
      return .never(
        "it names a file where anybody may write: \(word); there is nothing to read there for a command")
    }
    guard let name = words[0].text else { return ownWords }
    switch refusal.rule {
    case "commands": return command(name, refusal)
    case "roles": return .role(agent: agent.name, command: name)
    case name: return policy.commands[name].map { usage($0, words.dropFirst(), refusal) } ?? ownWords
    default: return ownWords
    }
  }

  private static func told(_ refusal: Refusal) -> String {
    refusal.reason + (refusal.hint.isEmpty ? "" : "; \(refusal.hint)")
  }

  /// A word that has the name of a secret in it, wherever: as `--file=/etc/shadow`, `@/etc/shadow`.
  private func secret(among words: [Word]) -> String? {
    for word in words {
      let text = Array(word.written.utf8)
      for slash in text.indices where text[slash] == UInt8(ascii: "/") {
        if let entry = policy.secrets.denial(of: Array(text[slash...])) {
          return "it names a secret, and no rule can allow it: \(word.written): \(entry.reason)"
        }
      }
    }
    return nil
  }

  private func command(_ name: String, _ refusal: Refusal) -> Need {
    if !PolicyName.isCommand(name) { return .never(Self.told(refusal)) }
    if let reason = NeverProposed.reason(forCommand: name) { return .never("\(name): \(reason)") }
    if let hint = policy.hints[name] { return .never("the policy says of \(name): \(hint)") }
    return .command(name)
  }

  private func usage(_ rule: CommandRule, _ words: ArraySlice<Word>, _ refusal: Refusal) -> Need {
    let reading = WordReading(rule: rule, words: words)
    let verb = reading.verb?.names[0]
    let isNew = rule.location == ChangeFinder.newPlace
    if isNew || rule.verbs != nil {
      // Tools that are told by their first words what to do.
      for word in reading.operands.prefix(3).map(\.written) where rule.verbs?.rule(named: word) == nil {
        if let hint = rule.hints[word] { return .never("the rule says of \(word): \(hint)") }
        if let reason = NeverProposed.reason(forVerb: word) {
          return .never("\(rule.name) \(word): \(reason)")
        }
      }
    }
    switch reading.fault {
    case .unlisted(let options):
      for option in options {
        if !PolicyName.isOption(option.name) {
          return .never("`\(option.name)` is no option that a policy can list")
        }
        if let hint = hint(of: rule, for: option.name) { return .never(hint) }
        if isNew, let reason = NeverProposed.reason(forOptionOfNewCommand: option.name) {
          return .never("\(rule.name) \(option.name): \(reason)")
        }
        if let reason = NeverProposed.reason(forOption: option.name, of: rule.name) {
          return .never("\(rule.name) \(option.name): \(reason)")
        }
      }
      return .option(rule.name, verb: verb, options[0])
    case .verb(let name):
      if let hint = rule.hints[name] { return .never("the rule says of \(name): \(hint)") }
      if let reason = NeverProposed.reason(forVerb: name) { return .never("\(rule.name) \(name): \(reason)") }
      return PolicyName.isCommand(name) ? .verb(rule.name, name: name) : .never(Self.told(refusal))
    case .value(let option, _) where option.type?.isBounded == true: return .never(Self.told(refusal))
    case .operands where reading.usage.operands.items.contains { $0.type.isBounded }:
      return .never(Self.told(refusal))
    case .value(let option, let value):
      // A value that begins with `-` has a form that is allowed; the refusal says which.
      if value.hasPrefix("-") { return .never(Self.told(refusal)) }
      return .value(rule.name, verb: verb, option: option, value: value)
    case .repeated(let option): return .repetition(rule.name, verb: verb, option: option)
    case .operands(let operands):
      if let odd = operands.first(where: { $0.written.hasPrefix("-") && $0.text != "-" }) {
        return .never("`\(odd.written)` begins with `-`; \(Self.told(refusal))")
      }
      return operands.isEmpty ? .never(Self.told(refusal)) : .operands(rule.name, verb: verb, operands)
    case .verbMissing, .deliberate: return .never(Self.told(refusal))
    }
  }

  /// What the rule says of an option, also of one that the tool may take for an abbreviation of another.
  private func hint(of rule: CommandRule, for option: String) -> String? {
    if let hint = rule.hints[option] { return "the rule says of \(option): \(hint)" }
    guard option.hasPrefix("--"), option.utf8.count > 2 else { return nil }
    return rule.hints.filter { $0.key.hasPrefix(option) }.min { $0.key < $1.key }
      .map { "\(option) may stand for \($0.key), of which the rule says: \($0.value)" }
  }
}

extension ArgumentType {
  /// Whether a variable bounds what it takes: what that leaves out for a host or a role was left out on purpose.
  fileprivate var isBounded: Bool { description.contains(" in $") || description.contains("of $") }
}
