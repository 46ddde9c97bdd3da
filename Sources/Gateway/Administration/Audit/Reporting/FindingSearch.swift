/// Looks for findings in what a builder has added up.
struct FindingSearch {
  let builder: ReportBuilder
  /// Lines of the logs that name Keyhole and are not as the broker writes them.
  let malformed: Int
  let chain: ChainFigures?

  /// The troubles first, then what is new, by kind and the most frequent first.
  var findings: [AuditFinding] {
    let found = troubles + news + unusual + attempts
    let order = Dictionary(uniqueKeysWithValues: AuditFinding.Kind.allCases.enumerated().map { ($1, $0) })
    return found.sorted { one, other in
      let kinds = (order[one.kind] ?? 0, order[other.kind] ?? 0)
      if kinds.0 != kinds.1 { return kinds.0 < kinds.1 }
      if one.count != other.count { return one.count > other.count }
      return (one.agent ?? "", one.subject) < (other.agent ?? "", other.subject)
    }
  }

  private var troubles: [AuditFinding] {
    var found: [AuditFinding] = []
    if let chain, chain.state == .broken {
      found.append(
        AuditFinding(
          kind: .brokenChain, subject: chain.summary, remark: "see `keyhole audit verify`",
          count: chain.findings)
      )
    }
    for event in builder.events.newest {
      let kind: AuditFinding.Kind
      switch event.kind {
      case .auditTrouble: kind = .auditTrouble
      case .crash: kind = .crash
      case .policyRefused: kind = .policyRefused
      default: continue
      }
      found.append(
        AuditFinding(kind: kind, subject: event.text, count: 1, first: event.time, last: event.time))
    }
    let lost = builder.tally.outcomes[.lost]
    if lost > 0 {
      found.append(
        AuditFinding(
          kind: .lostCalls,
          subject:
            "\(ReportNumber.grouped(lost)) \(lost == 1 ? "call has" : "calls have") no end of \(lost == 1 ? "its" : "their") own",
          remark: "closed when the broker started again", count: lost))
    }
    if malformed > 0 {
      found.append(
        AuditFinding(
          kind: .unreadableLines,
          subject:
            "\(ReportNumber.grouped(malformed)) \(malformed == 1 ? "line names" : "lines name") keyhole and \(malformed == 1 ? "is" : "are") not as the broker writes them",
          remark: "see who wrote them", count: malformed))
    }
    return found
  }

  private static func name(_ agent: AgentRecord) -> String { agent.name ?? AgentNames.none }

  private static func finding(
    _ kind: AuditFinding.Kind, _ agent: AgentRecord, _ subject: String, _ seen: Sightings,
    _ remark: String = ""
  ) -> AuditFinding {
    AuditFinding(
      kind: kind, agent: name(agent), subject: subject, remark: remark, count: seen.inside, first: seen.first,
      last: seen.last)
  }

  /// Nothing is new without a baseline.
  private var news: [AuditFinding] {
    guard builder.baseline.calls > 0 else { return [] }
    let known = Set(
      builder.agents.values.flatMap { agent in
        agent.commands.sightings.filter { $0.value.before > 0 }.map(\.key)
      })
    var found: [AuditFinding] = []
    for agent in builder.agents.values where agent.seen.inside > 0 && agent.name != nil {
      if agent.seen.isNew {
        let addresses = agent.addresses.inPeriod.map(\.key).sorted()
        found.append(
          Self.finding(
            .newAgent, agent, Self.name(agent), agent.seen,
            addresses.isEmpty ? "" : "from " + Self.some(addresses)))
      }
      for (command, seen) in agent.commands.inPeriod where seen.isNew {
        // All commands of a new agent are new to it.
        if agent.seen.isNew, known.contains(command) { continue }
        found.append(
          Self.finding(
            .newCommand, agent, command, seen, known.contains(command) ? "new to this agent" : "new to all"))
      }
      if agent.seen.isNew { continue }
      for (key, seen) in agent.keys.inPeriod where seen.isNew {
        found.append(Self.finding(.newKey, agent, key, seen))
      }
      for (address, seen) in agent.addresses.inPeriod where seen.isNew {
        found.append(Self.finding(.newAddress, agent, address, seen))
      }
    }
    return found
  }

  private var unusual: [AuditFinding] {
    builder.agents.values.compactMap { agent in
      guard agent.name != nil,
        case .hours(let hours) = UnusualHours.judge(agent, since: builder.period.since),
        !hours.isEmpty
      else { return nil }
      let calls = hours.reduce(0) { $0 + $1.calls }
      return AuditFinding(
        kind: .unusualHours, agent: Self.name(agent),
        subject: Self.some(hours.map { LocalCalendar.weekHourName($0.hour) }),
        remark: "unlike its \(ReportNumber.grouped(agent.seen.before)) earlier calls",
        count: calls,
        last: hours.map(\.last).max())
    }
  }

  private var attempts: [AuditFinding] {
    var found: [AuditFinding] = []
    if let unknown = builder.agents[nil], unknown.seen.inside > 0 {
      let addresses = unknown.addresses.inPeriod.sorted {
        ($1.sightings.inside, $0.key) < ($0.sightings.inside, $1.key)
      }
      found.append(
        Self.finding(
          .unknownKeys, unknown,
          addresses.isEmpty ? "no address" : "from " + Self.some(addresses.map(\.key)), unknown.seen))
    }
    for (failure, times) in builder.sessions.failures.ranked({
      ($0.agent, $0.address) < ($1.agent, $1.address)
    }) {
      found.append(
        AuditFinding(
          kind: .failedAuthentication, agent: failure.agent, subject: "from \(failure.address)",
          remark: failure.reason, count: times.count, first: times.first, last: times.last))
    }
    return found
  }

  /// The first few of many.
  static func some(_ texts: [String], most: Int = 6) -> String {
    texts.count <= most
      ? texts.joined(separator: ", ")
      : texts.prefix(most - 1).joined(separator: ", ") + " and \(texts.count - most + 1) more"
  }
}
