/// docs/audit-report.md describes each member.
extension AuditReport {
  /// `most` rows of each table.
  func json(most: Int) -> JSONValue {
    [
      "made": .text(UTCTime.text(made)),
      "period": [
        "since": .text(UTCTime.text(period.since)), "until": .optional(period.until.map { UTCTime.text($0) }),
        "first-record": .optional(builder.firstRecord.map { UTCTime.text($0) }),
        "last-record": .optional(builder.lastRecord.map { UTCTime.text($0) }),
      ],
      "sources": .texts(sources), "records": .number(builder.records), "malformed": .number(malformed),
      "baseline": builder.baseline.first.map {
        ["calls": .number(builder.baseline.calls), "first": .text(UTCTime.text($0))]
      } ?? .null,
      "chain": chain.map {
        [
          "state": .text($0.state.rawValue), "findings": .number($0.findings), "summary": .text($0.summary),
        ]
      } ?? .null,
      "totals": .object(tally.members),
      "findings": .list(findings.map(\.json)),
      "series": [
        "unit": .text(series.unit.rawValue),
        "buckets": .list(
          series.buckets.map { bucket in
            .object(
              [.init(name: "start", value: .text(LocalCalendar.text(ofHour: bucket.hour)))]
                + bucket.outcomes.members)
          }),
      ],
      "week": .list((0..<7).map { day in .list(builder.week[day * 24..<day * 24 + 24].map { .number($0) }) }),
      "agents": .list(agents.prefix(most).map { $0.json(since: period.since, most: most) }),
      "commands": uses(builder.commands, "command", most),
      "lines": uses(builder.lines, "line", most),
      "refusals": .list(refusals(most)),
      "accesses": .list(accesses(most)),
      "machines": places(builder.machines, "vm", most),
      "hosts": places(builder.hosts, "host", most),
      "sessions": sessions(most),
      "events": .list(
        builder.events.newest.prefix(most).map { event in
          [
            "time": .text(UTCTime.text(event.time)), "kind": .text(event.kind.rawValue),
            "host": .optional(event.host), "text": .text(event.text), "by": .optional(event.by),
          ]
        }),
      "left-out": [
        "agents": .number(builder.agentsLeftOut), "commands": .number(builder.commands.leftOut),
        "lines": .number(builder.lines.leftOut), "refusals": .number(builder.refusals.leftOut),
        "accesses": .number(builder.accesses.leftOut), "machines": .number(builder.machines.leftOut),
        "hosts": .number(builder.hosts.leftOut), "sessions": .number(builder.sessions.failures.leftOut),
        "events": .number(max(0, builder.events.count - ReportBuilder.mostEvents)),
      ],
    ]
  }

  private func uses(_ table: BoundedTable<String, CommandUse>, _ name: String, _ most: Int) -> JSONValue {
    .list(
      table.ranked(<).prefix(most).map { key, use in
        .object(
          [.init(name: name, value: .text(key))] + use.tally.members
            + [.init(name: "agents", value: .texts(use.agents.sorted()))])
      })
  }

  private func places(_ table: BoundedTable<String?, CallTally>, _ name: String, _ most: Int) -> JSONValue {
    .list(
      table.ranked { ($0 ?? "") < ($1 ?? "") }.prefix(most).map { key, tally in
        .object([.init(name: name, value: .optional(key))] + tally.members)
      })
  }

  private func refusals(_ most: Int) -> [JSONValue] {
    builder.refusals.ranked { ($0.command, $0.rule, $0.reason) < ($1.command, $1.rule, $1.reason) }.prefix(
      most
    ).map {
      kind, use in
      [
        "command": .text(kind.command), "rule": .text(kind.rule), "reason": .text(kind.reason),
        "count": .number(use.count), "agents": .texts(use.agents.sorted()),
        "first": .text(UTCTime.text(use.first)), "last": .text(UTCTime.text(use.last)),
        "line": .optional(use.example.map { String(decoding: $0, as: UTF8.self) }),
      ]
    }
  }

  private func accesses(_ most: Int) -> [JSONValue] {
    builder.accesses.ranked { ($0.name, $0.reason, $0.kind) < ($1.name, $1.reason, $1.kind) }.prefix(most).map
    {
      kind, use in
      [
        "kind": .text(kind.kind), "name": .text(kind.name), "reason": .text(kind.reason),
        "count": .number(use.count), "agents": .texts(use.agents.sorted()),
        "first": .text(UTCTime.text(use.first)), "last": .text(UTCTime.text(use.last)),
      ]
    }
  }

  private func sessions(_ most: Int) -> JSONValue {
    let sessions = builder.sessions
    return [
      "authenticated": .number(sessions.authenticated), "failed": .number(sessions.failed),
      "ended": .number(sessions.ended),
      "causes": .object(
        sessions.causes.ranked(<).map { .init(name: $0.key, value: .number($0.value.count)) }),
      "failures": .list(
        sessions.failures.ranked { ($0.agent, $0.address, $0.reason) < ($1.agent, $1.address, $1.reason) }
          .prefix(most)
          .map { failure, times in
            [
              "agent": .text(failure.agent), "address": .text(failure.address),
              "reason": .text(failure.reason),
              "count": .number(times.count), "first": .text(UTCTime.text(times.first)),
              "last": .text(UTCTime.text(times.last)),
            ]
          }),
    ]
  }
}

extension OutcomeCounts {
  var members: [JSONValue.Member] {
    [.init(name: "calls", value: .number(calls))]
      + CallOutcome.allCases.map { .init(name: $0.name, value: .number(self[$0])) }
  }
}

extension CallTally {
  var members: [JSONValue.Member] {
    outcomes.members + [
      .init(name: "refused-accesses", value: .number(Int(clamping: accesses))),
      .init(name: "duration-ms", value: .number(Int(clamping: duration))),
      .init(name: "bytes-out", value: .number(Int(clamping: bytesOut))),
      .init(name: "first", value: .optional(calls > 0 ? UTCTime.text(first) : nil)),
      .init(name: "last", value: .optional(calls > 0 ? UTCTime.text(last) : nil)),
    ]
  }
}

extension AgentRecord {
  fileprivate func json(since: Int64, most: Int) -> JSONValue {
    var hours = JSONValue.null
    if case .hours(let unusual) = UnusualHours.judge(self, since: since) {
      hours = .list(
        unusual.map { ["hour": .number($0.hour), "calls": .number($0.calls), "before": .number($0.before)] })
    }
    return .object(
      [.init(name: "agent", value: .optional(name))] + tally.members + [
        .init(name: "calls-before", value: .number(seen.before)),
        .init(name: "commands", value: Self.list(commands, most)),
        .init(name: "keys", value: Self.list(keys, most)),
        .init(name: "addresses", value: Self.list(addresses, most)),
        .init(name: "unusual-hours", value: hours),
        .init(
          name: "left-out", value: .number(commands.leftOut + keys.leftOut + addresses.leftOut)),
      ])
  }

  private static func list(_ table: SightingTable<String>, _ most: Int) -> JSONValue {
    let sorted = table.inPeriod.sorted { ($1.sightings.inside, $0.key) < ($0.sightings.inside, $1.key) }
    return .list(
      sorted.prefix(most).map { key, seen in
        ["name": .text(key), "count": .number(seen.inside), "before": .number(seen.before)]
      })
  }
}

extension AuditFinding {
  fileprivate var json: JSONValue {
    [
      "kind": .text(kind.rawValue), "trouble": .bool(kind.isTrouble), "agent": .optional(agent),
      "subject": .text(subject), "remark": .text(remark), "count": .number(count),
      "first": .optional(first.map { UTCTime.text($0) }), "last": .optional(last.map { UTCTime.text($0) }),
    ]
  }
}
