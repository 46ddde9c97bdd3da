internal import ArgumentParser
internal import AuditReading
internal import AuditSchema

/// `keyhole audit verify`: whether the trail is whole and unaltered.
struct AuditVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that no record is missing or altered.",
    discussion: """
      Each record of Keyhole has a number and a value that follows from itself and all records before it, so that a missing, \
      altered, moved or added one shows, by its file and line. Removing records from the end shows too, at the next start of \
      the broker, or against a last record that was kept elsewhere: verify prints it, and --expect compares.

      keyhole audit verify
      keyhole audit verify --expect 5120:8c3d0b7a5c0f4e21b7a4a1d1c6e0f2b3@9f0e1d2c3b4a5968
      keyhole audit verify /srv/collected --json

      Exits with 0 when all is fine, with 1 when something was found, and with 2 when a log cannot be read or holds no \
      record of Keyhole. docs/audit-review.md says what is proved and what is not.
      """)

  @OptionGroup var logs: AuditLogOptions

  @Option(
    help: ArgumentHelp(
      "A record that was kept elsewhere has to be there: its number, its chain value and perhaps its boot. May be repeated.",
      valueName: "number:chain[@boot]"))
  var expect: [String] = []

  @Flag(help: "Print JSON, one object on a line: the findings, each trail, the verdict.")
  var json = false

  func run() throws {
    var check = ChainCheck(expecting: try expect.map(Self.expected))
    let reader = AuditEntryReader(executables: logs.brokers)
    let source = try logs.source()
    let buffer = OutputBuffer()
    var report: any VerifyReport = json ? VerifyJSON(buffer) as any VerifyReport : VerifyText(buffer)
    var totals = VerifyTotals()
    func add(_ findings: [TrailFinding]) {
      totals.findings += findings.count
      for finding in findings { report.add(finding) }
    }
    var end = TrailPlace(file: source.names.last ?? "-", line: 0)
    for stream in source.streams {
      while let line = try stream.next() {
        end = TrailPlace(file: line.file, line: line.number)
        switch line.content {
        case .entry(let entry): add(check.add(entry, at: end))
        case .tooLong: add([TrailFinding(.tooLong, host: line.host, place: end)])
        case .malformed(let bytes) where reader.isForeign(bytes): totals.foreign += 1
        case .malformed: add([TrailFinding(.malformed, host: line.host, place: end)])
        }
      }
    }
    source.progress.end()
    add(check.end(at: end))
    totals.counts = source.counts
    if totals.counts.entries == 0, totals.findings == 0 {
      throw unusable(
        "no record of Keyhole among \(counted(totals.counts.lines, "line")) in \(counted(totals.counts.files, "file"))",
        hint: "is this the log of a gateway? --broker names a broker that is installed elsewhere")
    }
    report.end(check.summaries, totals)
    if totals.findings > 0 { throw ExitStatus.failure }
  }

  private static func expected(_ text: String) throws -> ExpectedRecord {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let record = parts[0].split(separator: ":", omittingEmptySubsequences: false)
    guard record.count == 2, let sequence = UInt64(record[0]), sequence > 0,
      let chain = RecordChain(hexadecimal: record[1].lowercased().utf8),
      parts.count == 1 || parts[1].count == 16 && parts[1].allSatisfy(\.isHexDigit)
    else {
      throw unusable(
        "--expect: `\(TerminalText.oneLine(text))` is not a record",
        hint: "its number, a colon and 32 digits, as verify prints them behind `keep`")
    }
    return ExpectedRecord(
      sequence: sequence, chain: chain, boot: parts.count == 1 ? nil : parts[1].lowercased())
  }
}
