internal import CommandGrammar
internal import Policy

/// What was learned, as YAML with comments for a person.
struct LearningReport {
  /// Lines shown of each proposal.
  static let linesShown = 5

  let run: LearningRun
  let log: RefusalLog
  /// Where the log was read from.
  let sources: [String]

  func times(of calls: some Sequence<Int>) -> RefusalLog.Times {
    calls.map { run.calls[$0].times }.reduce(into: RefusalLog.Times(count: 0, first: .max, last: .min)) {
      $0.add($1)
    }
  }

  func agents(of calls: some Sequence<Int>) -> [String] {
    Set(calls.map { TerminalText.oneLine(run.calls[$0].agent) }).sorted()
  }

  func lines(of calls: some Sequence<Int>) -> [String] {
    var known: Set<String> = []
    return calls.sorted { (run.calls[$1].times.count, $0) < (run.calls[$0].times.count, $1) }
      .map { run.calls[$0].text }.filter { known.insert($0).inserted }
  }

  private static func told(_ times: RefusalLog.Times) -> String {
    let span =
      times.first == times.last
      ? LocalTime.text(times.first) : "\(LocalTime.text(times.first)) to \(LocalTime.text(times.last))"
    return "\(counted(times.count, "time")), \(span)"
  }

  // MARK: Text

  var text: String { heading + commandsText + rolesText + rest }

  private var heading: String {
    let refused = run.calls.reduce(0) { $0 + $1.times.count }
    var text =
      "# \(counted(refused, "refused call")) in \(sources.map(TerminalText.oneLine).joined(separator: ", "))"
    text +=
      run.proposals.isEmpty ? ": nothing to propose.\n" : ", \(counted(run.proposals.count, "proposal")).\n"
    if !run.proposals.isEmpty {
      text += """
        # Nothing is installed. Each proposal was tried on a copy of the policy in memory: with all of them the lines shown
        # are allowed, and every line that the policy must refuse still is. Whether an option is harmless only its manual
        # says. Paste what you want, then run `keyhole policy check`.

        """
    }
    return text
  }

  private func comment(_ proposal: Proposal, indent: String) -> String {
    var text =
      "\(indent)# \(agents(of: proposal.calls).joined(separator: ", ")): \(Self.told(times(of: proposal.calls)))\n"
    let lines = lines(of: proposal.calls)
    for line in lines.prefix(Self.linesShown) { text += "\(indent)#   \(TerminalText.oneLine(line))\n" }
    if lines.count > Self.linesShown {
      text += "\(indent)#   and \(counted(lines.count - Self.linesShown, "other line"))\n"
    }
    for note in proposal.notes { text += "\(indent)# note: \(TerminalText.oneLine(note))\n" }
    return text
  }

  private var commandNames: [String] {
    var names: [String] = []
    for name in run.proposals.compactMap(\.subject.command) where !names.contains(name) { names.append(name) }
    return names
  }

  private var commandsText: String {
    let names = commandNames
    return names.isEmpty ? "" : "commands:\n" + names.map { commandText($0) }.joined()
  }

  private func proposals(for command: String) -> [Proposal] {
    run.proposals.filter { $0.subject.command == command }
  }

  private func commandText(_ name: String) -> String {
    guard let rule = run.policy.commands[name] else { return "" }
    let proposals = proposals(for: name)
    let writer = RuleText(rule: rule)
    if run.original.commands[name] == nil {
      let all = Set(proposals.flatMap(\.calls))
      let notes = proposals.flatMap(\.notes).reduce(into: [String]()) {
        if !$0.contains($1) { $0.append($1) }
      }
      let whole = Proposal(subject: .command(name), notes: notes, calls: all)
      return comment(whole, indent: "  ") + writer.whole(allow: Array(lines(of: all).prefix(Self.linesShown)))
    }
    var text = "  # add this to the rule at \(rule.location)\n  \(YAMLText.scalar(name)):\n"
    var verbs: [String] = []
    for proposal in proposals {
      if let verb = proposal.subject.verb {
        if !verbs.contains(verb) { verbs.append(verb) }
      }
    }
    let own = proposals.filter { $0.subject.verb == nil }
    text += fragment(own, writer, verb: nil, indent: "    ")
    if !verbs.isEmpty {
      text += "    verbs:\n"
      for verb in verbs {
        text +=
          "      \(YAMLText.scalar(rule.verbs?.rule(named: verb)?.names.joined(separator: ", ") ?? verb)):\n"
        text += fragment(proposals.filter { $0.subject.verb == verb }, writer, verb: verb, indent: "        ")
      }
    }
    return text
  }

  private func fragment(_ proposals: [Proposal], _ writer: RuleText, verb: String?, indent: String) -> String
  {
    var text = ""
    var hasOperands = false
    for proposal in proposals {
      if case .verb(let command, let name) = proposal.subject,
        !self.proposals(for: command).contains(where: {
          $0.subject == .operands(command, verb: name)
        })
      {
        text += comment(proposal, indent: indent) + "\(indent)operands: none\n"
      } else if case .verb = proposal.subject {
        text += comment(proposal, indent: indent)
      } else if case .operands = proposal.subject, !hasOperands {
        hasOperands = true
        text += comment(proposal, indent: indent) + "\(indent)operands: \(writer.operands(verb: verb))\n"
      }
    }
    let options = proposals.filter { if case .option = $0.subject { true } else { false } }
    if !options.isEmpty { text += "\(indent)options:\n" }
    for proposal in options {
      guard case .option(let command, _, let names) = proposal.subject else { continue }
      text += comment(proposal, indent: indent + "  ")
      if run.original.commands[command].map({ RuleText(rule: $0).option(names, verb: verb) != nil }) == true {
        text += "\(indent)  # instead of the line that is there\n"
      }
      text += "\(indent)  \(writer.option(names, verb: verb) ?? "")\n"
    }
    return text
  }

  private var rolesText: String {
    var text = ""
    for role in run.policy.roles.values.sorted(by: { $0.name < $1.name }) {
      let proposals = run.proposals.filter {
        if case .role(let name, _) = $0.subject { name == role.name } else { false }
      }
      guard !proposals.isEmpty, case .only(let commands) = role.commands else { continue }
      text += proposals.map { comment($0, indent: "  ") }.joined()
      text += "  # instead of `commands` at \(role.location)\n  \(YAMLText.scalar(role.name)):\n"
      if !role.about.isEmpty { text += "    about: \(YAMLText.value(role.about))\n" }
      text += "    commands: \(YAMLText.list(commands.sorted()))\n"
    }
    return text.isEmpty ? "" : "roles:\n" + text
  }

  /// What is not proposed, as comments.
  private var rest: String {
    var text = ""
    let groups = notProposed
    if !groups.isEmpty {
      text += "# not proposed:\n"
      for (reason, calls) in groups {
        text += "# - \(TerminalText.oneLine(reason))\n"
        text += "#   \(agents(of: calls).joined(separator: ", ")): \(Self.told(times(of: calls)))\n"
        let lines = lines(of: calls)
        for line in lines.prefix(Self.linesShown) { text += "#     \(TerminalText.oneLine(line))\n" }
        if lines.count > Self.linesShown {
          text += "#     and \(counted(lines.count - Self.linesShown, "other line"))\n"
        }
      }
    }
    let accesses = sortedAccesses
    if !accesses.isEmpty {
      text += "# refused by the sandbox while a command ran, and never proposed:\n"
      for (access, times) in accesses {
        text +=
          "# - \(access.kind) \(TerminalText.oneLine(access.name))"
          + (access.reason.isEmpty ? "" : ": \(TerminalText.oneLine(access.reason))")
          + " (\(Self.told(times)))\n"
      }
    }
    for (count, words) in remarks where count > 0 { text += "# \(counted(count, words.one))\(words.rest)\n" }
    return text
  }

  private var remarks: [(Int, (one: String, rest: String))] {
    let allowed = run.calls.indices.filter { run.outcomes[$0] == .allowedNow }.reduce(0) {
      $0 + run.calls[$1].times.count
    }
    return [
      (allowed, ("refused call", " would be allowed by the policy as it is now")),
      (log.unknownKeys, ("call", " came with a key that belongs to no agent")),
      (log.cutLines, ("call", " had a line that is not in the record as a whole, or none")),
      (log.elsewhere, ("call", " was for a VM, which has a policy of its own")),
      (
        log.malformed,
        ("line", " named keyhole and was not as the broker writes it: see --broker, and who wrote it")
      ),
      (log.leftOut, ("refusal", " came after \(RefusalLog.mostKinds) different ones and was left out")),
    ]
  }

  var notProposed: [(reason: String, calls: [Int])] {
    var groups: [String: [Int]] = [:]
    for (index, outcome) in run.outcomes.enumerated() {
      if case .notProposed(let reason) = outcome { groups[reason, default: []].append(index) }
    }
    return groups.map { ($0.key, $0.value) }
      .sorted { (times(of: $1.calls).count, $0.reason) < (times(of: $0.calls).count, $1.reason) }
  }

  var sortedAccesses: [(RefusalLog.Access, RefusalLog.Times)] {
    log.accesses.map { ($0.key, $0.value) }.sorted { ($1.1.count, $0.0.name) < ($0.1.count, $1.0.name) }
  }
}

extension Proposal.Subject {
  /// The command whose rule is changed; nil for a role.
  var command: String? {
    switch self {
    case .command(let name): name
    case .option(let name, _, _), .operands(let name, _), .verb(let name, _): name
    case .role: nil
    }
  }

  var verb: String? {
    switch self {
    case .option(_, let verb, _), .operands(_, let verb): verb
    case .verb(_, let name): name
    case .command, .role: nil
    }
  }
}
