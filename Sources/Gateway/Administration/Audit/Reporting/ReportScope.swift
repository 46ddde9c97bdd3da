internal import ArgumentParser

/// Which records a report is about.
struct ReportScope: ParsableArguments {
  @OptionGroup var logs: AuditLogOptions

  @Option(
    help: ArgumentHelp(
      "Only from then on: '2 hours ago', 90m, 7d, today, monday, 2026-11-21, '2026-11-21 14:00'.",
      valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only before then; a day counts whole.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Only this agent; * and ? stand for any text and any character. May be repeated.", valueName: "name"))
  var agent: [String] = []

  @Option(
    help: ArgumentHelp("Only records of this host, in logs of several; * and ? as above.", valueName: "name"))
  var host: [String] = []

  /// `standard` stands for `--since` where that is missing.
  func times(standard: String?) throws -> TimeRange { try TimeRange(since: since ?? standard, until: until) }

  func filter(times: TimeRange) -> EntryFilter {
    EntryFilter(times: times, agents: agent.map(NamePattern.init), hosts: host.map(NamePattern.init))
  }
}
