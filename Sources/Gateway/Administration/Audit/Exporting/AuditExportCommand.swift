internal import ArgumentParser
internal import AuditReading
internal import AuditSchema

/// `keyhole audit export`: the trail for other programs.
struct AuditExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print records as JSON lines, for log shippers.",
    discussion: """
      One JSON object on a line for each record of Keyhole, in the order of the log, or for each call. \
      docs/audit-export.md describes the members, docs/audit-export.schema.json is their schema.

      keyhole audit export --since yesterday > records.jsonl
      keyhole audit export --calls --agent claude | jq -r .command
      keyhole audit export --follow | logger -t keyhole

      Exits with 0, also when there is nothing, and with 2 when a log cannot be read.
      """)

  @OptionGroup var options: AuditOptions

  @Flag(help: "One object for each call, when it has ended, and none for other records.")
  var calls = false

  @Flag(name: .shortAndLong, help: "Go on as the log grows, over its rotation, until interrupted.")
  var follow = false

  func validate() throws {
    if !calls, options.verdict != nil || !options.rule.isEmpty || !options.command.isEmpty {
      throw ValidationError(
        "--verdict, --rule and --command choose calls: use them with --calls")
    }
  }

  func run() throws {
    var run = ExportRun(filter: try options.callFilter(), isOfCalls: calls)
    let source = try options.source(isMixed: true)
    if follow { for stream in source.streams { stream.isLive = true } }
    try source.forEachEntry { run.add($0) }
    if follow {
      try source.follow({ run.add($0) }, pause: { run.flush() })
    }
    run.end()
    ScanNotes(source).sayMalformed()
  }
}

private struct ExportRun {
  let filter: CallFilter
  let isOfCalls: Bool
  private let buffer = OutputBuffer()
  private var json = AuditJSON()
  private var joiner = CallJoiner()

  init(filter: CallFilter, isOfCalls: Bool) {
    self.filter = filter
    self.isOfCalls = isOfCalls
  }

  mutating func add(_ entry: AuditEntry) {
    if isOfCalls {
      if let call = joiner.add(entry) { add(call) }
    } else if filter.entries.matches(entry) {
      write(json.record(entry))
    }
  }

  /// Calls that no end was read of come last.
  mutating func end() {
    if isOfCalls {
      for call in joiner.unfinished { add(call) }
    }
    flush()
  }

  func flush() { buffer.flush() }

  private mutating func add(_ call: AuditedCall) {
    if filter.matches(call) { write(json.call(call)) }
  }

  private func write(_ value: JSONValue) {
    var line = ""
    value.printLine(to: &line)
    line += "\n"
    buffer.write(line)
  }
}
