internal import Policy

extension LearningReport {
  func json(directory: String) -> JSONValue {
    [
      "policy": .text(directory), "digest": .text(run.original.digest), "installed": .bool(false),
      "log": logJSON,
      "allowed-now": .number(run.calls.indices.filter { run.outcomes[$0] == .allowedNow }.count),
      "proposals": .list(run.proposals.map { json($0) }),
      "not-proposed": .list(
        notProposed.map { reason, calls in
          .object([.init(name: "reason", value: .text(reason))] + members(calls))
        }),
      "refused-accesses": accessesJSON,
    ]
  }

  var logJSON: JSONValue {
    [
      "sources": .texts(sources), "records": .number(log.entries), "malformed": .number(log.malformed),
      "unknown-keys": .number(log.unknownKeys), "cut": .number(log.cutLines),
      "elsewhere": .number(log.elsewhere),
      "left-out": .number(log.leftOut),
    ]
  }

  var accessesJSON: JSONValue {
    .list(
      sortedAccesses.map { access, times in
        [
          "kind": .text(access.kind), "name": .text(access.name), "reason": .text(access.reason),
          "count": .number(times.count), "first": .text(LocalTime.text(times.first)),
          "last": .text(LocalTime.text(times.last)),
        ]
      })
  }

  private func members(_ calls: some Collection<Int>) -> [JSONValue.Member] {
    let times = times(of: calls)
    return [
      .init(name: "count", value: .number(times.count)),
      .init(name: "agents", value: .texts(agents(of: calls))),
      .init(name: "first", value: .text(LocalTime.text(times.first))),
      .init(name: "last", value: .text(LocalTime.text(times.last))),
      .init(name: "lines", value: .texts(lines(of: calls))),
    ]
  }

  /// What to write into the policy for it; nil for a change that no file can have.
  func yaml(_ proposal: Proposal) -> String? {
    let subject = proposal.subject
    if case .role(let name, _) = subject, case .only(let commands)? = run.policy.roles[name]?.commands {
      return "commands: \(YAMLText.list(commands.sorted()))"
    }
    guard let command = subject.command, let rule = run.policy.commands[command] else { return nil }
    let writer = RuleText(rule: rule)
    return switch subject {
    case .command: writer.whole(allow: Array(lines(of: proposal.calls).prefix(Self.linesShown)))
    case .option(_, let verb, let names): writer.option(names, verb: verb)
    case .operands(_, let verb): "operands: \(writer.operands(verb: verb))"
    case .verb(_, let name): "\(name): {operands: \(writer.operands(verb: name))}"
    case .role: nil
    }
  }

  func json(_ proposal: Proposal) -> JSONValue {
    let subject = proposal.subject
    return .object(
      subject.members + [
        .init(name: "place", value: .optional(place(of: subject))),
        .init(name: "yaml", value: .optional(yaml(proposal))),
        .init(name: "notes", value: .texts(proposal.notes)),
      ] + members(proposal.calls))
  }

  /// Where in the policy's files the change belongs; nil for a new command.
  func place(of subject: Proposal.Subject) -> String? {
    if case .role(let name, _) = subject { return run.original.roles[name]?.location.description }
    return subject.command.flatMap { run.original.commands[$0]?.location.description }
  }
}

extension Proposal.Subject {
  fileprivate var members: [JSONValue.Member] {
    func members(
      _ kind: String, _ command: String, verb: String? = nil, role: String? = nil, option: [String]? = nil
    )
      -> [JSONValue.Member]
    {
      [
        .init(name: "kind", value: .text(kind)), .init(name: "command", value: .text(command)),
        .init(name: "verb", value: .optional(verb)), .init(name: "role", value: .optional(role)),
        .init(name: "option", value: option.map { .texts($0) } ?? .null),
      ]
    }
    switch self {
    case .command(let name): return members("command", name)
    case .role(let role, let command): return members("role", command, role: role)
    case .option(let command, let verb, let names):
      return members("option", command, verb: verb, option: names)
    case .operands(let command, let verb): return members("operands", command, verb: verb)
    case .verb(let command, let name): return members("verb", command, verb: name)
    }
  }
}
