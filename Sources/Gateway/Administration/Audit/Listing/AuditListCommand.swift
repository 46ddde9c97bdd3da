internal import ArgumentParser
internal import AuditReading
internal import AuditSchema

/// `keyhole audit list`: one line for each call.
struct AuditListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show calls, one on a line.",
    discussion: """
      Calls stand in the order in which they ended, a refused one where it was refused; the time is that of the decision. \
      Those that no end was read of come last, as `running or unfinished`. RESULT is the exit status: `0`, `exit 3`, or \
      `signal 9`, `refused`, `timed out`, `client gone`, `output limit`, `revoked`, `lost` (the broker died), `not started`, \
      `failed`. REFUSED counts the accesses that the sandbox refused.

      keyhole audit list --since '2 hours ago'
      keyhole audit list --agent claude --verdict refused -n 20
      keyhole audit list --command /etc/shadow --json | jq .command
      keyhole audit list -f --events

      Exits with 0, with 1 when nothing matches, and with 2 when a log cannot be read.
      """)

  @OptionGroup var options: AuditOptions

  @Flag(
    help:
      "Also policy loads, changes of agents, authentications, ends of sessions, starts, stops and troubles of the trail."
  )
  var events = false

  @Flag(help: "Print one JSON object on a line: docs/audit-export.md.")
  var json = false

  @Flag(
    help:
      "Print comma-separated values. Cells that a spreadsheet would take for a formula begin with an apostrophe."
  )
  var csv = false

  @Flag(name: .shortAndLong, help: "Go on as the log grows, over its rotation, until interrupted.")
  var follow = false

  @Option(name: .customShort("n"), help: ArgumentHelp("Only the last so many.", valueName: "count"))
  var last: Int?

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
    if let last, last < 0 { throw ValidationError("-n takes a number of lines, such as 20") }
  }

  func run() throws {
    let filter = try options.callFilter()
    let source = try options.source(isMixed: last == nil)
    let buffer = OutputBuffer()
    var run = ListRun(
      filter: filter, hasEvents: events, last: last, output: output(buffer, hasHosts: source.hasHosts))
    if follow { for stream in source.streams { stream.isLive = true } }
    try source.forEachEntry { run.add($0) }
    if !follow { run.addUnfinished() }
    run.finish()
    if follow {
      try source.follow({ run.add($0) }, pause: { run.flush() })
    }
    try ScanNotes(source).say(shown: run.shown, of: events ? "call or event" : "call")
  }
}

extension AuditListCommand {
  private func output(_ buffer: OutputBuffer, hasHosts: Bool) -> any ListOutput {
    if json { return ListJSON(buffer) }
    if csv { return ListCSV(buffer) }
    return ListTable(buffer, hasHosts: hasHosts)
  }
}

/// What `keyhole audit list` does with records as they come.
private struct ListRun {
  let filter: CallFilter
  let hasEvents: Bool
  let last: Int?
  var output: any ListOutput
  private(set) var shown = 0
  private var joiner = CallJoiner()
  /// The last rows, from `first` on around.
  private var kept: [ListRow] = []
  private var first = 0
  private var isKeeping: Bool

  init(filter: CallFilter, hasEvents: Bool, last: Int?, output: any ListOutput) {
    self.filter = filter
    self.hasEvents = hasEvents
    self.last = last
    self.output = output
    isKeeping = last != nil
  }

  mutating func add(_ entry: AuditEntry) {
    if entry.has(.call) {
      if let call = joiner.add(entry), filter.matches(call) { add(.call(call)) }
    } else if hasEvents, filter.matchesEvent(entry) {
      add(.event(entry))
    }
  }

  mutating func addUnfinished() {
    for call in joiner.unfinished where filter.matches(call) { add(.call(call)) }
  }

  private mutating func add(_ row: ListRow) {
    shown += 1
    guard isKeeping, let last else { return output.add(row) }
    if kept.count < last {
      kept.append(row)
    } else if last > 0 {
      kept[first] = row
      first = (first + 1) % last
    }
  }

  /// Shows what was kept back; what comes from then on is shown at once.
  mutating func finish() {
    isKeeping = false
    for index in kept.indices { output.add(kept[(first + index) % kept.count]) }
    kept = []
    output.flush()
  }

  mutating func flush() { output.flush() }
}
