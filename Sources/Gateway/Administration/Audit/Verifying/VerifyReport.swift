internal import AuditReading
internal import AuditSchema

/// What `keyhole audit verify` prints: findings as they come, then what is known of each trail.
protocol VerifyReport {
  mutating func add(_ finding: TrailFinding)
  mutating func end(_ summaries: [ChainCheck.Summary], _ totals: VerifyTotals)
}

struct VerifyTotals {
  var findings = 0
  /// Lines of other programs that repeat Keyhole's words.
  var foreign = 0
  var counts = ScanCounts()
}

/// For people.
struct VerifyText: VerifyReport {
  private let buffer: OutputBuffer
  private var times = TimeText()

  init(_ buffer: OutputBuffer) { self.buffer = buffer }

  mutating func add(_ finding: TrailFinding) {
    var place = "\(LogFailure.shown(finding.place.file)):\(finding.place.line): "
    if let host = finding.host { place += "\(TerminalText.oneLine(host)): " }
    var about = ""
    if let serial = finding.serial, let time = finding.time {
      about = "  (event \(serial), \(times.local(time)))"
    }
    buffer.write(place + FindingText(finding).text + about + "\n")
  }

  mutating func end(_ summaries: [ChainCheck.Summary], _ totals: VerifyTotals) {
    for summary in summaries { add(summary) }
    if totals.foreign > 0 {
      buffer.write(
        "\(counted(totals.foreign, "line")) of other programs repeat\(totals.foreign == 1 ? "s" : "") Keyhole's words and count\(totals.foreign == 1 ? "s" : "") for nothing\n"
      )
    }
    let read = "\(counted(totals.counts.lines, "line")) in \(counted(totals.counts.files, "file"))"
    buffer.write(
      totals.findings == 0
        ? "fine: nothing is missing or altered between the first and the last record; \(read)\n"
        : "\(counted(totals.findings, "finding")); \(read)\n")
    buffer.flush()
  }

  private mutating func add(_ summary: ChainCheck.Summary) {
    var lines = [
      "\(TerminalText.oneLine(summary.host ?? "this host")), \(TerminalText.oneLine(summary.executable)): "
        + "\(counted(summary.records, "record")) of \(counted(summary.calls, "call"))"
    ]
    if let first = summary.first, let last = summary.last {
      lines.append("  first  \(mark(first))")
      lines.append("  last   \(mark(last))")
      lines.append("  keep   --expect \(last.sequence):\(last.chain)" + (last.boot.map { "@\($0)" } ?? ""))
      if !first.isBeginning {
        lines.append("  what was before the first record is not here, and its chain value is taken as given")
      }
    }
    if summary.unnumbered > 0 {
      lines.append(
        "  \(counted(summary.unnumbered, "record")) without a number, of a version that wrote none: nothing shows whether others are missing"
      )
    }
    if summary.older > 0 {
      lines.append("  \(counted(summary.older, "call")) decided before the first record")
    }
    if summary.running > 0 {
      lines.append(
        "  \(counted(summary.running, "call")) without an end: running, or closed by the broker's next start")
    }
    buffer.write(lines.joined(separator: "\n") + "\n")
  }

  private mutating func mark(_ mark: ChainCheck.Mark) -> String {
    "\(times.local(mark.time))  record \(mark.sequence)\(mark.boot.map { " of boot \($0)" } ?? "")"
  }
}

/// One JSON object on a line: the findings, then each trail, then the sum.
struct VerifyJSON: VerifyReport {
  private let buffer: OutputBuffer
  private var times = TimeText()

  init(_ buffer: OutputBuffer) { self.buffer = buffer }

  mutating func add(_ finding: TrailFinding) {
    let words = FindingText(finding)
    write([
      "kind": "finding", "finding": .text(words.name), "host": .optional(finding.host),
      "file": .text(finding.place.file), "line": .number(finding.place.line),
      "serial": .optional(finding.serial.map { Int(clamping: $0) }),
      "sequence": .optional(finding.sequence.map { Int(clamping: $0) }),
      "time": .optional(finding.time.map { times.utc($0) }), "text": .text(words.text),
    ])
  }

  mutating func end(_ summaries: [ChainCheck.Summary], _ totals: VerifyTotals) {
    for summary in summaries {
      let first = mark(summary.first)
      let last = mark(summary.last)
      write([
        "kind": "trail", "host": .optional(summary.host), "broker": .text(summary.executable),
        "records": .number(summary.records), "unnumbered": .number(summary.unnumbered),
        "calls": .number(summary.calls),
        "running": .number(summary.running), "decided-before": .number(summary.older),
        "boots": .number(summary.boots),
        "from-the-beginning": .bool(summary.first?.isBeginning ?? false), "first": first, "last": last,
      ])
    }
    write([
      "kind": "verdict", "fine": .bool(totals.findings == 0), "findings": .number(totals.findings),
      "foreign": .number(totals.foreign), "files": .number(totals.counts.files),
      "lines": .number(totals.counts.lines),
    ])
    buffer.flush()
  }

  private mutating func mark(_ mark: ChainCheck.Mark?) -> JSONValue {
    guard let mark else { return .null }
    return [
      "sequence": .number(Int(clamping: mark.sequence)), "chain": .text(mark.chain.description),
      "boot": .optional(mark.boot), "time": .text(times.utc(mark.time)),
    ]
  }

  private func write(_ value: JSONValue) {
    var line = ""
    value.printLine(to: &line)
    buffer.write(line + "\n")
  }
}
