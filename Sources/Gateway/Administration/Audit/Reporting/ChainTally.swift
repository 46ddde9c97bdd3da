internal import AuditReading

/// What the chain of records says of the logs, for a line of a report.
struct ChainFigures: Equatable {
  enum State: String {
    case whole, broken
    /// No record has a number: an older broker wrote them.
    case unnumbered
  }

  var state: State
  /// How much `keyhole audit verify` would find.
  var findings: Int
  /// A sentence in Keyhole's words.
  var summary: String
}

/// Checks the chain while records are read for something else.
struct ChainTally {
  private var check = ChainCheck()
  private var count = 0
  private var first: TrailFinding?
  private var place = TrailPlace(file: "-", line: 0)

  mutating func add(_ entry: AuditEntry, at place: TrailPlace) {
    self.place = place
    note(check.add(entry, at: place))
  }

  private mutating func note(_ findings: [TrailFinding]) {
    count += findings.count
    if first == nil { first = findings.first }
  }

  /// When all was read.
  mutating func figures() -> ChainFigures {
    note(check.end(at: place))
    let summaries = check.summaries
    if let first {
      let shown = "\(LogFailure.shown(first.place.file)):\(first.place.line): \(FindingText(first).text)"
      return ChainFigures(
        state: .broken, findings: count,
        summary: count == 1 ? shown : "\(ReportNumber.grouped(count)) findings, the first at \(shown)")
    }
    let records = summaries.reduce(0) { $0 + $1.records }
    let unnumbered = summaries.reduce(0) { $0 + $1.unnumbered }
    if records == unnumbered {
      return ChainFigures(
        state: .unnumbered, findings: 0,
        summary: "no record has a number: nothing shows whether others are missing")
    }
    var summary =
      "\(ReportNumber.grouped(records - unnumbered)) records, none missing or altered between the first and the last"
    if unnumbered > 0 { summary += "; \(ReportNumber.grouped(unnumbered)) have no number" }
    return ChainFigures(state: .whole, findings: 0, summary: summary)
  }
}
