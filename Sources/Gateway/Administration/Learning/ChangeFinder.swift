internal import CommandGrammar
internal import Policy

/// Makes changes of a policy that could meet a need, narrowest first.
struct ChangeFinder {
  let policy: Policy
  let program: (_ name: String) -> HostProgram?

  /// Where a rule stands that no file has.
  static let newPlace = SourceLocation(file: "", line: 0, column: 0)

  enum Found {
    case changes([PolicyChange])
    /// There is none, and why.
    case none(String)
  }

  /// `needs` have one subject.
  func changes(for needs: [Need]) -> Found {
    switch needs.first {
    case .command(let name)?: return command(name)
    case .role(let agent, let command)?: return role(agent, command)
    case .verb(let command, let name)?: return verb(command, name)
    case .option(let command, let verb, let option)?:
      let seen = needs.compactMap { need -> WordReading.UnlistedOption? in
        if case .option(_, _, let option) = need { option } else { nil }
      }
      return self.option(option.name, of: command, verb: verb, seen)
    case .value(let command, let verb, let option, _)?, .repetition(let command, let verb, let option)?:
      return widened(option, of: command, verb: verb, needs)
    case .operands(let command, let verb, _)?:
      let seen = needs.compactMap { need -> [Word]? in
        if case .operands(_, _, let operands) = need { operands } else { nil }
      }
      return operands(of: command, verb: verb, seen)
    case .never(let reason)?: return .none(reason)
    case nil: return .none("nothing is wanted")
    }
  }

  // MARK: Commands, roles, verbs

  /// A command that may be used without options and operands; what was seen of these is added by what comes next.
  private func command(_ name: String) -> Found {
    guard let program = program(name) else {
      return .none("no executable of the name \(name) is on this host")
    }
    if let objection = program.objection { return .none("\(name): \(objection)") }
    let rule = CommandRule(
      name: name, executable: program.path, about: "what \(name) shows", location: Self.newPlace)
    return .changes([
      PolicyChange(
        subject: .command(name),
        notes: [
          "a new command: read its manual for options that write, start programs or read names from files",
          "say in `about` what it shows, and under `deny` what must never be allowed of it",
        ] + (program.resolved == program.path ? [] : ["\(program.path) leads to \(program.resolved)"]),
        policy: policy.with(rule), command: name)
    ])
  }

  /// The role of the agent that the fewest agents have.
  private func role(_ name: String, _ command: String) -> Found {
    guard let agent = policy.agents[name] else { return .none("the policy has no agent \(name) any more") }
    let roles = agent.roles.compactMap { policy.roles[$0] }
    func holders(_ role: Role) -> [String] {
      policy.agents.values.filter { $0.roles.contains(role.name) }.map(\.name).sorted()
    }
    let narrowest = roles.min { (holders($0).count, $0.name) < (holders($1).count, $1.name) }
    guard let narrowest else { return .none("\(name) has no role that could be extended") }
    let others = holders(narrowest).filter { $0 != name }
    return .changes([
      PolicyChange(
        subject: .role(narrowest.name, command: command),
        notes: others.isEmpty ? [] : ["the role is also that of \(others.joined(separator: ", "))"],
        policy: policy.with(command, in: narrowest), command: command)
    ])
  }

  private func verb(_ command: String, _ name: String) -> Found {
    guard let rule = policy.commands[command], let verbs = rule.verbs else {
      return .none("\(command) has no verbs")
    }
    let usage = Usage(options: rule.usage.options.rules)
    var changed = rule
    changed.verbs = verbs.with(
      VerbRule(names: [name], usage: usage, sharedOptions: rule.usage.options.rules.count))
    return .changes([
      PolicyChange(
        subject: .verb(command, name: name), notes: ["a new verb: read in the manual whether it only shows"],
        policy: policy.with(changed), command: command)
    ])
  }

  // MARK: Options

  private func option(
    _ name: String, of command: String, verb: String?, _ seen: [WordReading.UnlistedOption]
  ) -> Found {
    guard let rule = policy.commands[command] else { return .none("the policy has no command \(command)") }
    var attached: [String] = []
    var following: [Word] = []
    var isBare = false
    for option in seen {
      switch option.value {
      case .attached(let value): attached.append(value)
      case .perhaps(let word): following.append(word)
      case .none: isBare = true
      }
    }
    var values: [(value: OptionRule.Value, note: String?)] = []
    if !attached.isEmpty {
      let type = NarrowestType.type(of: attached + (isBare ? [] : following.compactMap(\.text)))
      guard let type else { return .none("no type takes the values of \(name)") }
      if name == OptionRule.numeric {
        guard case .count = type else { return .none("\(name) takes a count only") }
      }
      let takesOptional = isBare && rule.convention.takesAttachedValues
      values.append((takesOptional ? .optional(type) : .required(type), nil))
    } else {
      let follows = following.compactMap(\.text)
      let type = isBare || follows.count < following.count ? nil : NarrowestType.type(of: follows)
      let unsure = type.map {
        "seen before a word: if it takes a value, write `\(name): \($0)`; read the manual"
      }
      let flag = (value: OptionRule.Value.flag, note: unsure)
      let taking = type.map { type in
        (
          value: OptionRule.Value.required(type),
          note: Optional("taken to have a value: if it has none, write `\(name): flag`; read the manual")
        )
      }
      values =
        follows.contains(where: { $0.first?.isNumber == true })
        ? [taking, flag].compactMap { $0 } : [flag, taking].compactMap { $0 }
    }
    return .changes(
      values.compactMap { value, note in
        add(OptionRule(names: [name], value: value), to: rule, verb: verb, notes: note.map { [$0] } ?? [])
      })
  }

  private func add(_ option: OptionRule, to rule: CommandRule, verb name: String?, notes: [String])
    -> PolicyChange?
  {
    let verb = name.flatMap { rule.verbs?.rule(named: $0) }
    let usage = verb?.usage ?? rule.usage
    // An option of another verb is known to the scanner and not to this one.
    guard usage.options.index(of: option.names[0]) == nil else { return nil }
    let changed = rule.with(usage.with(options: usage.options.rules + [option]), verb: verb)
    var notes = notes
    if case .operands = rule.reads {
      notes.append("`reads: operands` must stay true: name the option after `unless` if it opens other files")
    }
    return PolicyChange(
      subject: .option(rule.name, verb: verb?.names[0], names: option.names), notes: notes,
      policy: policy.with(changed), command: rule.name)
  }

  private func widened(_ option: OptionRule, of command: String, verb name: String?, _ needs: [Need]) -> Found
  {
    guard let rule = policy.commands[command] else { return .none("the policy has no command \(command)") }
    var values: [String] = []
    var isRepeated = option.isRepeatable
    for need in needs {
      switch need {
      case .value(_, _, _, let value): values.append(value)
      case .repetition: isRepeated = true
      default: break
      }
    }
    let types: [ArgumentType?]
    if values.isEmpty {
      types = [option.type]
    } else if let type = option.type {
      types = NarrowestType.widenings(of: type, by: values)
    } else {
      types = []
    }
    if types.isEmpty {
      return .none("no type takes these values of \(option.names[0]) and those it takes now")
    }
    let verb = name.flatMap { rule.verbs?.rule(named: $0) }
    return .changes(
      types.map { type in
        var changed = option
        changed.isRepeatable = isRepeated
        var notes: [String] = []
        switch (option.value, type) {
        case (.required, let type?): changed.value = .required(type)
        case (.optional, let type?): changed.value = .optional(type)
        default: break
        }
        if let type, type != option.type {
          notes = ["it is \(option.value.typeText) now"] + Self.caution(type)
        }
        return replace(changed, in: rule, verb: verb, notes: notes)
      })
  }

  private static func caution(_ type: ArgumentType) -> [String] {
    type == .pattern
      ? ["`pattern` takes any word: see that no value makes the option write or run something"] : []
  }

  private func replace(_ option: OptionRule, in rule: CommandRule, verb: VerbRule?, notes: [String])
    -> PolicyChange
  {
    func exchanged(_ usage: Usage) -> Usage {
      usage.with(options: usage.options.rules.map { $0.names == option.names ? option : $0 })
    }
    var changed = rule
    let isShared = rule.usage.options.rules.contains { $0.names == option.names }
    if isShared { changed.usage = exchanged(rule.usage) }
    // A command's own option stands in each of its verbs too.
    for other in rule.verbs?.rules ?? [] where isShared || other.names == verb?.names {
      var other = other
      other.usage = exchanged(other.usage)
      changed.verbs = changed.verbs?.with(other)
    }
    return PolicyChange(
      subject: .option(rule.name, verb: isShared ? nil : verb?.names[0], names: option.names), notes: notes,
      policy: policy.with(changed), command: rule.name)
  }

  // MARK: Operands

  private func operands(of command: String, verb name: String?, _ seen: [[Word]]) -> Found {
    guard let rule = policy.commands[command] else { return .none("the policy has no command \(command)") }
    let verb = name.flatMap { rule.verbs?.rule(named: $0) }
    let usage = verb?.usage ?? rule.usage
    if seen.contains(where: { $0.count > rule.maximumOperands }) {
      return .none("more operands than `maximum-operands` allows")
    }
    let patterns = OperandProposals(old: usage.operands, seen: seen).patterns
    if patterns.isEmpty { return .none("no pattern takes these operands and those it takes now") }
    return .changes(
      patterns.map { pattern in
        PolicyChange(
          subject: .operands(command, verb: verb?.names[0]),
          notes: rule.location != Self.newPlace || verb != nil ? ["operands are \(usage.operands) now"] : [],
          policy: policy.with(rule.with(usage.with(operands: pattern), verb: verb)), command: command)
      })
  }
}

extension ArgumentConvention {
  /// Whether a value can be part of its option's word, and so be left out.
  var takesAttachedValues: Bool {
    switch self {
    case .getopt, .posix, .verbsGetopt: true
    default: false
    }
  }
}

extension OptionRule.Value {
  var typeText: String {
    switch self {
    case .flag: "flag"
    case .required(let type): type.description
    case .optional(let type): "optional \(type)"
    }
  }
}
