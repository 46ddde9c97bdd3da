internal import ArgumentParser
internal import AuditReading

/// `keyhole audit report`: who did what, and what is new.
struct AuditReportCommand: ParsableCommand {
  /// A reviewer's week.
  private static let standardPeriod = "7d"

  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Say who did what in a time, and what in it is new.",
    discussion: """
      By default of the last seven days. What the logs hold from before is what the period is compared with: agents, \
      keys, addresses and commands that were not met there are new. With --html it writes one page with charts and a \
      search box that needs no network. docs/audit-report.md says what each part means, and describes --json.

      Exits with 0, also when there was no call, with 1 when the page is not written and with 2 when a log cannot be read.
      """)

  @OptionGroup var scope: ReportScope

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write a page, readable for you alone; - is standard output. Replaces only an earlier report.",
      valueName: "file"))
  var html: String?

  @Flag(help: "Replace the file of --html whatever it is.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Rows of each table: by default 10, and 100 on a page and in JSON.", valueName: "count"))
  var top: Int?

  @Option(help: ArgumentHelp("How many calls a page shows one by one, the newest.", valueName: "count"))
  var calls = 1_000

  func validate() throws {
    guard top == nil || (1...1_000).contains(top ?? 1) else {
      throw ValidationError("--top takes a number from 1 to 1000")
    }
    guard (0...20_000).contains(calls) else {
      throw ValidationError("--calls takes a number from 0 to 20000")
    }
    guard !force || html != nil else { throw ValidationError("--force is for --html") }
  }

  func run() throws {
    let times = try scope.times(standard: Self.standardPeriod)
    let period = ReportPeriod(since: times.start, until: scope.until == nil ? nil : times.end)
    // What was before the period is wanted too.
    let filter = scope.filter(times: TimeRange())
    if let html, html != "-" { try PageFile(html).check(force: force) }
    let source = try scope.logs.source()
    let report = try Self.report(
      of: source, period, filter, AuditEntryReader(executables: scope.logs.brokers),
      newestCalls: html == nil ? 0 : calls)
    if json {
      StandardStreams.output(report.json(most: top ?? 100).description + "\n")
    }
    if let html {
      let page = ReportPage(report: report, most: top ?? 100).html
      if html == "-" { StandardStreams.output(page) } else { try PageFile(html).write(page, force: force) }
    } else if !json {
      StandardStreams.output(ReportText(report: report, most: top ?? 10).text)
    }
  }

  private static func report(
    of source: AuditSource, _ period: ReportPeriod, _ filter: EntryFilter, _ reader: AuditEntryReader,
    newestCalls: Int
  ) throws -> AuditReport {
    var feed = ReportFeed(ReportBuilder(period: period, newestCalls: newestCalls))
    var malformed = 0
    let isAboutAll = filter.agents.isEmpty && filter.hosts.isEmpty
    var chain = isAboutAll ? ChainTally() : nil
    try source.forEachLine { line in
      switch line.content {
      case .malformed(let bytes): malformed += reader.isForeign(bytes) ? 0 : 1
      case .tooLong: break
      case .entry(let entry):
        chain?.add(entry, at: TrailPlace(file: line.file, line: line.number))
        if isAboutAll || filter.matches(entry) { feed.add(entry) }
      }
    }
    return AuditReport(
      builder: feed.end(), sources: source.names, malformed: malformed, chain: chain?.figures(),
      made: LocalTime.now)
  }
}
