internal import AuditReading

/// What a reviewer reads: who did what in a period, and what in it is new.
struct AuditReport {
  let builder: ReportBuilder
  /// Where the records were read from.
  let sources: [String]
  /// Lines of the logs that name Keyhole and are not as the broker writes them.
  let malformed: Int
  let chain: ChainFigures?
  /// When the report was made, in milliseconds since 1970.
  let made: Int64

  let findings: [AuditFinding]
  /// Agents of the period, the busiest first.
  let agents: [AgentRecord]
  let series: CallSeries

  init(builder: ReportBuilder, sources: [String], malformed: Int, chain: ChainFigures?, made: Int64) {
    self.builder = builder
    self.sources = sources
    self.malformed = malformed
    self.chain = chain
    self.made = made
    findings = FindingSearch(builder: builder, malformed: malformed, chain: chain).findings
    agents = builder.agents.values.filter { $0.seen.inside > 0 }.sorted {
      ($1.seen.inside, $0.name ?? "") < ($0.seen.inside, $1.name ?? "")
    }
    series = CallSeries(builder)
  }

  var period: ReportPeriod { builder.period }
  var tally: CallTally { builder.tally }

  /// The end of the time that is shown: that of the period, or the newest record where it has none.
  var shownEnd: Int64 { period.until ?? max(builder.lastRecord ?? made, period.since) }

  /// The beginning of the time that is shown: logs may not reach as far back as the period.
  var shownStart: Int64 { max(period.since, builder.firstRecord ?? period.since) }

  /// Where a log begins after the period does.
  var isCutShort: Bool { (builder.firstRecord ?? .min) > period.since }

  var newAgents: Int { findings.count { $0.kind == .newAgent } }

  /// One sentence about what the period is compared with.
  var baselineText: String {
    guard let first = builder.baseline.first else {
      return
        "There is no baseline: the logs hold no call from before the period, so that nothing can be told to be new."
    }
    let days = Int((period.since - first) / 86_400_000)
    let reach = days == 1 ? "1 day" : days < 1 ? "less than a day" : "\(days) days"
    return
      "Compared with \(ReportNumber.grouped(builder.baseline.calls)) \(builder.baseline.calls == 1 ? "call" : "calls") since \(LocalTime.text(first)), \(reach) before the period."
  }

  var namedAgents: Int { agents.count { $0.name != nil } }

  /// Agents whose hours cannot be judged.
  var agentsWithoutHours: Int {
    agents.count { $0.name != nil && UnusualHours.judge($0, since: period.since) == .notEnough }
  }
}
