internal import AuditReading

/// The tables of a report.
struct ReportSections {
  let report: AuditReport
  /// Rows of each table, calls aside.
  let most: Int

  private var builder: ReportBuilder { report.builder }

  private static func names(_ names: Set<String>) -> String { FindingSearch.some(names.sorted(), most: 4) }

  private func missing(_ count: Int, _ what: String) -> String {
    count == 0
      ? ""
      : "\(ReportNumber.grouped(count)) \(what) were of kinds so many and so rare that they are not told apart here."
  }

  var agents: ReportSection {
    ReportSection(
      id: "agents", title: "Agents",
      about:
        "Failed: the command ended with another status than 0. Stopped: by a signal, a limit, or since the client was gone. No end: lost, or still running.",
      columns: [
        .text("Agent"), .number("Calls"), .number("Allowed").onPages(), .number("Refused"), .number("Failed"),
        .number("Stopped"),
        .number("Trouble").onPages(), .number("No end"), .number("Commands"), .number("Addresses"),
        .number("Keys").onPages(), .number("Output"),
        .number("Time"), .text("First").onPages(), .text("Last"),
      ],
      rows: report.agents.prefix(most).map { agent in
        let outcomes = agent.tally.outcomes
        return [
          .text(agent.name ?? AgentNames.none), .number(outcomes.calls), .number(outcomes.allowed),
          .number(outcomes[.refused]), .number(outcomes[.failed]), .number(outcomes[.stopped]),
          .number(outcomes[.troubled]), .number(outcomes.unended), .number(agent.commands.inPeriod.count),
          .number(agent.addresses.inPeriod.count), .number(agent.keys.inPeriod.count),
          .bytes(agent.tally.bytesOut),
          .milliseconds(agent.tally.duration), .minute(agent.tally.first), .minute(agent.tally.last),
        ]
      }, total: report.agents.count,
      missing: builder.agentsLeftOut == 0
        ? ""
        : "\(ReportNumber.grouped(builder.agentsLeftOut)) calls of further agents are counted in the totals only.",
      whenEmpty: "No agent called.")
  }

  private func uses(
    _ id: String, _ title: String, _ about: String, _ column: String,
    _ table: BoundedTable<String, CommandUse>
  ) -> ReportSection {
    let ranked = table.ranked(<)
    return ReportSection(
      id: id, title: title, about: about,
      columns: [
        .text(column), .number("Calls"), .number("Refused"), .number("Failed"), .number("Stopped").onPages(),
        .number("Time"),
        .number("Output").onPages(), .text("Agents"), .text("Last").onPages(),
      ],
      rows: ranked.prefix(most).map { command, use in
        [
          .code(command), .number(use.tally.calls), .number(use.tally.outcomes[.refused]),
          .number(use.tally.outcomes[.failed]), .number(use.tally.outcomes[.stopped]),
          .milliseconds(use.tally.duration), .bytes(use.tally.bytesOut), .text(Self.names(use.agents)),
          .minute(use.tally.last),
        ]
      }, total: ranked.count, missing: missing(table.leftOut, "calls"), whenEmpty: "No command was asked for."
    )
  }

  var commands: ReportSection {
    uses(
      "commands", "Commands",
      "A line with several commands counts for each; time and output are those of the whole line.", "Command",
      builder.commands)
  }

  var lines: ReportSection {
    uses(
      "lines", "Lines", "Alike lines together: N stands for any number, '…' for any quoted text.", "Line",
      builder.lines)
  }

  var refusals: ReportSection {
    let ranked = builder.refusals.ranked {
      ($0.command, $0.rule, $0.reason) < ($1.command, $1.rule, $1.reason)
    }
    return ReportSection(
      id: "refusals", title: "Refusals",
      about: "By command, rule and reason. `keyhole audit refusals` says what would allow them.",
      columns: [
        .number("Count"), .text("Command"), .text("Rule").onPages(), .text("Reason"),
        .text("Newest line").onPages(),
        .text("Agents"), .text("Last").onPages(),
      ],
      rows: ranked.prefix(most).map { kind, use in
        [
          .number(use.count), .code(kind.command), .text(kind.rule), .text(kind.reason),
          .code(use.example.map { Self.line($0) } ?? ""), .text(Self.names(use.agents)), .minute(use.last),
        ]
      }, total: ranked.count, missing: missing(builder.refusals.leftOut, "refused calls"),
      whenEmpty: "Nothing was refused.")
  }

  var accesses: ReportSection {
    let ranked = builder.accesses.ranked { ($0.name, $0.reason, $0.kind) < ($1.name, $1.reason, $1.kind) }
    return ReportSection(
      id: "accesses", title: "Refused accesses",
      about: "What the sandbox kept from commands that were allowed.",
      columns: [
        .number("Count"), .text("Access"), .text("Name"), .text("Reason"), .text("Agents"),
        .text("Last").onPages(),
      ],
      rows: ranked.prefix(most).map { kind, use in
        [
          .number(use.count), .text(kind.kind), .code(kind.name), .text(kind.reason),
          .text(Self.names(use.agents)),
          .minute(use.last),
        ]
      }, total: ranked.count, missing: missing(builder.accesses.leftOut, "refused accesses"),
      whenEmpty: "The sandbox refused nothing.")
  }

  private func places(
    _ id: String, _ title: String, _ none: String, _ table: BoundedTable<String?, CallTally>
  ) -> ReportSection {
    let ranked = table.ranked { ($0 ?? "") < ($1 ?? "") }
    return ReportSection(
      id: id, title: title,
      columns: [
        .text(title == "Hosts" ? "Host" : "Machine"), .number("Calls"), .number("Refused"), .number("Failed"),
        .number("Stopped"), .number("No end"), .number("Output"), .number("Time"), .text("Last"),
      ],
      rows: ranked.prefix(most).map { name, tally in
        [
          .text(name ?? none), .number(tally.calls), .number(tally.outcomes[.refused]),
          .number(tally.outcomes[.failed]), .number(tally.outcomes[.stopped]),
          .number(tally.outcomes.unended),
          .bytes(tally.bytesOut), .milliseconds(tally.duration), .minute(tally.last),
        ]
      }, total: ranked.count, missing: missing(table.leftOut, "calls"), whenEmpty: "No calls.")
  }

  var machines: ReportSection { places("machines", "Machines", "(the gateway itself)", builder.machines) }
  var hosts: ReportSection { places("hosts", "Hosts", "(no name in the records)", builder.hosts) }

  var sessions: ReportSection {
    let sessions = builder.sessions
    let failures = sessions.failures.ranked {
      ($0.agent, $0.address, $0.reason) < ($1.agent, $1.address, $1.reason)
    }
    let causes = sessions.causes.ranked(<).map { "\(ReportNumber.grouped($0.value.count)) \($0.key)" }
    var about =
      "\(ReportNumber.grouped(sessions.authenticated)) let in, \(ReportNumber.grouped(sessions.failed)) not. \(ReportNumber.grouped(sessions.ended)) connections ended"
    about += causes.isEmpty ? "." : ": \(causes.joined(separator: ", "))."
    return ReportSection(
      id: "sessions", title: "Sessions",
      about: about + " Connections through OpenSSH have records of sshd's own.",
      columns: [
        .number("Count"), .text("Agent"), .text("Address"), .text("Why not let in"), .text("First").onPages(),
        .text("Last"),
      ],
      rows: failures.prefix(most).map { failure, times in
        [
          .number(times.count), .text(failure.agent), .text(failure.address), .text(failure.reason),
          .time(times.first), .time(times.last),
        ]
      }, total: failures.count, missing: missing(sessions.failures.leftOut, "failed authentications"),
      whenEmpty: "Nobody was turned away.")
  }

  var events: ReportSection {
    let events = builder.events.newest
    return ReportSection(
      id: "events", title: "Changes and service",
      about: "Policy loads, changes of agents, starts and stops, trouble with the trail; newest first.",
      columns: [.text("Time"), .text("Event"), .text("What"), .text("By"), .text("Host").onPages()],
      rows: events.prefix(most).map { event in
        [
          .time(event.time), .text(event.kind.title), .text(event.text), .text(event.by ?? ""),
          .text(event.host ?? ""),
        ]
      }, total: builder.events.count,
      whenEmpty: "No policy was loaded, no agent changed, and the broker neither started nor stopped.")
  }

  /// Calls one by one, newest first.
  var calls: ReportSection {
    let calls = builder.newest.newest
    return ReportSection(
      id: "calls", title: "Calls", about: "Newest first. `keyhole audit show CALL` shows all of one.",
      columns: [
        .text("Time"), .text("Agent"), .text("Line"), .text("Outcome"), .text("Machine"), .text("From"),
        .number("Took"), .number("Output"), .text("Call"),
      ],
      rows: calls.map { row($0) }, total: builder.tally.calls, whenEmpty: "No calls.")
  }

  private func row(_ reported: ReportedCall) -> [ReportSection.Cell] {
    let call = reported.call
    let end = call.end
    let line =
      call.verdict == nil
      ? "(its beginning is not in the logs)" : call.line.map { Self.line($0) } ?? "(a shell)"
    var remark = call.reason ?? end?.reason ?? ""
    if !call.accesses.isEmpty {
      let names = call.accesses.prefix(3).map { String(decoding: $0.name, as: UTF8.self) }
      let count = max(UInt64(call.accesses.count), end?.refusals ?? 0)
      remark +=
        "\(remark.isEmpty ? "" : "; ")refused: \(names.joined(separator: ", "))\(count > UInt64(names.count) ? " and \(count - UInt64(names.count)) more" : "")"
    }
    // One gateway need not be named in each row.
    let host = builder.hosts.values.count > 1 ? call.host : nil
    let machine = [host, call.vm].compactMap { $0 }.joined(separator: " / ")
    return [
      .time(call.time), .text(call.agent ?? AgentNames.none),
      .remarked(line, remark: remark), .outcome(reported.outcome, Self.told(reported)), .text(machine),
      .text(call.address ?? ""), end.map { .milliseconds($0.milliseconds) } ?? .none,
      end.map { .bytes($0.bytesOut) } ?? .none, .code(call.id),
    ]
  }

  /// `exit 1`, `timed-out`, `refused`.
  private static func told(_ reported: ReportedCall) -> String {
    switch reported.outcome {
    case .succeeded, .failed: "exit \(reported.call.end?.status ?? 0)"
    case .stopped, .troubled: reported.call.end?.cause ?? reported.outcome.name
    case .lost, .open, .refused: reported.outcome.name
    }
  }

  /// A line, or the beginning of a long one.
  static func line(_ bytes: [UInt8]) -> String {
    let longest = 500
    let text = String(decoding: bytes.prefix(longest), as: UTF8.self)
    return bytes.count > longest ? text + "…" : text
  }

  /// All in the order in which they are read, without the calls.
  var tables: [ReportSection] {
    [agents, commands, lines, refusals, accesses, machines, hosts, sessions, events]
  }
}

extension ReportEvent.Kind {
  var title: String {
    switch self {
    case .policyLoaded: "policy loaded"
    case .policyRefused: "policy refused"
    case .agentChange: "agent"
    case .start: "start"
    case .stop: "stop"
    case .crash: "crash"
    case .auditTrouble: "audit trouble"
    }
  }
}
