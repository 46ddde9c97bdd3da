internal import Policy

/// What differs between two rules of one command. Order, files, comments and places mean nothing.
struct CommandComparison {
  let old: CommandRule
  let new: CommandRule
  private(set) var differences: [Difference] = []

  init(_ old: CommandRule, _ new: CommandRule) {
    self.old = old
    self.new = new
    compareExecution()
    compareUsage(old.usage, new.usage, "")
    compareVerbs()
    compareNeeds()
    compareLimits()
    compareRest()
    compareWords()
  }

  private mutating func note(_ effect: Difference.Effect, _ text: String) {
    differences.append(
      Difference(
        effect, "command \(new.name)", text, old: old.location.description, new: new.location.description))
  }

  private mutating func note<Value: Equatable>(
    _ effect: Difference.Effect, _ what: String, _ old: Value, _ new: Value, _ text: (Value) -> String
  ) {
    if old != new { note(effect, "\(what): \(text(old)) -> \(text(new))") }
  }

  private mutating func note(
    added: Difference.Effect, gone: Difference.Effect, _ what: String, _ lists: ListDifference
  ) {
    for text in lists.added { note(added, "\(what) added: \(text)") }
    for text in lists.gone { note(gone, "\(what) removed: \(text)") }
  }

  private mutating func compareExecution() {
    note(.opens, "executable", old.executable, new.executable) { $0 }
    note(.alters, "arguments", old.convention.rawValue, new.convention.rawValue) { $0 }
    note(.alters, "separator", old.separator, new.separator) { String($0) }
    note(.alters, "fixed", old.fixed, new.fixed) { $0.isEmpty ? "none" : $0.joined(separator: " ") }
    note(added: .alters, gone: .alters, "environment", ListDifference(old.environment, new.environment))
    note(
      new.maximumOperands > old.maximumOperands ? .opens : .closes, "maximum-operands", old.maximumOperands,
      new.maximumOperands
    ) { String($0) }
    note(.alters, "reads", old.reads, new.reads) { $0.shortText }
  }

  // MARK: Usage

  private mutating func compareUsage(_ old: Usage, _ new: Usage, _ scope: String) {
    compareOptions(old.options.rules, new.options.rules, scope)
    func names(_ usage: Usage, _ index: Int) -> String { usage.options.rules[index].names[0] }
    note(
      added: .closes, gone: .opens, scope + "required option",
      ListDifference(old.required.map { names(old, $0) }, new.required.map { names(new, $0) }))
    note(
      added: .closes, gone: .opens, scope + "exclusive group",
      ListDifference(
        old.exclusive.map { $0.map { names(old, $0) }.sorted().joined(separator: ", ") },
        new.exclusive.map { $0.map { names(new, $0) }.sorted().joined(separator: ", ") }))
    let effect: Difference.Effect =
      new.operands.items.isEmpty ? .closes : old.operands.items.isEmpty ? .opens : .alters
    note(effect, scope + "operands", old.operands, new.operands) { $0.description }
  }

  private mutating func compareOptions(_ old: [OptionRule], _ new: [OptionRule], _ scope: String) {
    for option in old where !new.contains(where: { $0.shares(option) }) {
      note(.closes, "\(scope)option removed: \(option)")
    }
    for option in new {
      guard let before = old.first(where: { $0.shares(option) }) else {
        note(.opens, "\(scope)option added: \(option)")
        continue
      }
      let what = "\(scope)option \(option.names.joined(separator: ", "))"
      note(added: .opens, gone: .closes, what + " spelling", ListDifference(before.names, option.names))
      if before.value != option.value {
        note(before.value.effect(of: option.value), what, before.value, option.value) { $0.typeText }
      }
      if before.isRepeatable != option.isRepeatable {
        note(
          option.isRepeatable ? .opens : .closes,
          what + (option.isRepeatable ? ": may be repeated" : ": only once"))
      }
    }
  }

  private mutating func compareVerbs() {
    let (before, after) = (old.verbs?.rules ?? [], new.verbs?.rules ?? [])
    for verb in before where !after.contains(where: { $0.shares(verb) }) {
      note(.closes, "verb removed: \(verb.names.joined(separator: ", "))")
    }
    for verb in after {
      guard let former = before.first(where: { $0.shares(verb) }) else {
        note(.opens, "verb added: \(verb.names.joined(separator: ", ")): \(verb.usage.operands)")
        continue
      }
      let scope = "verb \(verb.names[0]): "
      note(added: .opens, gone: .closes, scope + "spelling", ListDifference(former.names, verb.names))
      compareUsage(former.ownUsage(besides: old.usage), verb.ownUsage(besides: new.usage), scope)
    }
    note(.alters, "default verb", old.verbs?.standard, new.verbs?.standard) { $0 ?? "none" }
  }

  // MARK: Needs and limits

  private mutating func compareNeeds() {
    let (before, after) = (old.needs, new.needs)
    note(added: .opens, gone: .closes, "needs group", ListDifference(before.groups, after.groups))
    note(added: .opens, gone: .closes, "needs socket", ListDifference(before.sockets, after.sockets))
    note(added: .opens, gone: .closes, "needs to read", ListDifference(before.read, after.read))
    note(
      added: .opens, gone: .closes, "needs netlink",
      ListDifference(before.netlink.map(\.rawValue), after.netlink.map(\.rawValue)))
    note(added: .opens, gone: .closes, "needs program", ListDifference(before.programs, after.programs))
    note(after.scratch > before.scratch ? .opens : .closes, "needs scratch", before.scratch, after.scratch) {
      Limits.bytes($0)
    }
  }

  private mutating func compareLimits() {
    func effect(_ old: Int, _ new: Int) -> Difference.Effect { new > old ? .opens : .closes }
    let (before, after) = (old.limits, new.limits)
    note(effect(before.time, after.time), "limit of time", before.time, after.time) { "\($0) ms" }
    note(effect(before.output, after.output), "limit of output", before.output, after.output) {
      Limits.bytes($0)
    }
    note(effect(before.memory, after.memory), "limit of memory", before.memory, after.memory) {
      Limits.bytes($0)
    }
    note(effect(before.processes, after.processes), "limit of processes", before.processes, after.processes) {
      String($0)
    }
  }

  // MARK: The rest

  /// Whatever a rule may have besides what is compared by name.
  private mutating func compareRest() {
    var left = new
    left.location = old.location
    left.availability = old.availability
    left.executable = old.executable
    left.about = old.about
    left.convention = old.convention
    left.separator = old.separator
    left.fixed = old.fixed
    left.environment = old.environment
    left.usage = old.usage
    left.verbs = old.verbs
    left.maximumOperands = old.maximumOperands
    left.reads = old.reads
    left.needs = old.needs
    left.limits = old.limits
    left.hints = old.hints
    left.allow = old.allow
    left.deny = old.deny
    if left != old {
      note(.alters, "the rule differs in something that this program cannot name: compare the files")
    }
  }

  private mutating func compareWords() {
    note(.words, "about", old.about, new.about) { $0 }
    let hints = ListDifference(
      old.hints.map { "\($0.key): \($0.value)" }, new.hints.map { "\($0.key): \($0.value)" })
    note(added: .words, gone: .words, "hint", hints)
    note(
      added: .words, gone: .words, "allow example",
      ListDifference(old.allow.map(\.line), new.allow.map(\.line)))
    note(
      added: .words, gone: .words, "deny example", ListDifference(old.deny.map(\.line), new.deny.map(\.line)))
  }
}

extension OptionRule {
  func shares(_ other: OptionRule) -> Bool { !Set(names).isDisjoint(with: other.names) }
}

extension OptionRule.Value {
  /// What it means that another value stands in this one's place.
  func effect(of other: OptionRule.Value) -> Difference.Effect {
    switch (self, other) {
    case (.required(let old), .required(let new)), (.optional(let old), .optional(let new)):
      old.effect(of: new)
    default: .alters
    }
  }
}

extension ArgumentType {
  fileprivate func effect(of other: ArgumentType) -> Difference.Effect {
    switch (self, other) {
    case (.count(let old), .count(let new)):
      if new.lowerBound <= old.lowerBound, new.upperBound >= old.upperBound { return .opens }
      if new.lowerBound >= old.lowerBound, new.upperBound <= old.upperBound { return .closes }
      return .opens
    case (.choice(let old), .choice(let new)): return Set(new).isSubset(of: old) ? .closes : .opens
    case (.choice(let old), let new): return old.allSatisfy { new.accepts($0) == nil } ? .opens : .alters
    case (let old, .choice(let new)): return new.allSatisfy { old.accepts($0) == nil } ? .closes : .alters
    case (_, .pattern): return .opens
    case (.pattern, _): return .closes
    default: return .alters
    }
  }
}

extension VerbRule {
  fileprivate func shares(_ other: VerbRule) -> Bool { !Set(names).isDisjoint(with: other.names) }

  /// The verb's usage without what it has from the command, which is compared there.
  fileprivate func ownUsage(besides shared: Usage) -> Usage {
    let rules = usage.options.rules
    func names(_ usage: Usage, _ indices: [Int]) -> [String] {
      indices.map { usage.options.rules[$0].names[0] }
    }
    let sharedGroups = Set(shared.exclusive.map { names(shared, $0) })
    let sharedRequired = Set(names(shared, shared.required))
    // Groups and required options may name the command's options, so that all of them stay in the table.
    let own = Usage(
      options: rules, required: names(usage, usage.required).filter { !sharedRequired.contains($0) },
      exclusive: usage.exclusive.map { names(usage, $0) }.filter { !sharedGroups.contains($0) },
      operands: usage.operands)
    guard own.required.isEmpty, own.exclusive.isEmpty else { return own }
    return Usage(options: Array(rules.dropFirst(sharedOptions)), operands: usage.operands)
  }
}

extension FilesRead {
  /// As a policy file has it, with all spellings.
  var shortText: String {
    switch self {
    case .anything: "anything"
    case .operands(let unless):
      "operands" + (unless.isEmpty ? "" : " unless \(unless.sorted().joined(separator: ", "))")
    }
  }
}
