/// A report for a terminal, at most ``width`` columns wide where no table needs more.
struct ReportText {
  static let width = 100

  let report: AuditReport
  /// Rows of each table.
  let most: Int

  var text: String {
    heading + figures + findings + series
      + ReportSections(report: report, most: most).tables.map(table).joined()
      + footer
  }

  private var heading: String {
    """
    Keyhole audit report
    \(LocalTime.text(report.shownStart)) to \(LocalTime.text(report.shownEnd))
    \(report.isCutShort ? "The logs begin after the period does: \(LocalTime.text(report.period.since)).\n" : "")\(report.baselineText)

    """
  }

  private var figures: String {
    let outcomes = report.tally.outcomes
    func line(_ name: String, _ number: some BinaryInteger, _ rest: String = "") -> String {
      let digits = ReportNumber.grouped(number)
      let gap = String(repeating: " ", count: max(1, 30 - name.count - digits.count))
      return "  \(name)\(gap)\(digits)\(rest.isEmpty ? "" : "  \(rest)")\n"
    }
    func part(_ name: String, _ number: Int) -> String {
      line(name, number, ReportNumber.share(number, of: outcomes.calls))
    }
    var text = "\n" + line("calls", outcomes.calls)
    text += part("refused by the policy", outcomes[.refused])
    text += part("failed", outcomes[.failed])
    text += part("stopped", outcomes[.stopped])
    if outcomes[.troubled] > 0 { text += part("Keyhole could not", outcomes[.troubled]) }
    if outcomes[.lost] > 0 { text += part("lost", outcomes[.lost]) }
    if outcomes[.open] > 0 { text += part("without an end so far", outcomes[.open]) }
    text += line("accesses refused in sandbox", report.tally.accesses)
    text += line(
      "agents", report.namedAgents, report.newAgents > 0 ? "\(report.newAgents) new" : "")
    text +=
      "  output \(ReportNumber.bytes(report.tally.bytesOut)), time \(ReportNumber.duration(report.tally.duration))\n"
    if let chain = report.chain { text += "  chain: \(chain.summary)\n" }
    return text
  }

  private var findings: String {
    var text = Self.title("Findings")
    if report.findings.isEmpty {
      text +=
        report.builder.baseline.calls > 0
        ? "  Nothing: every agent, key, address and command of the period was met before it.\n"
        : "  None. What is new cannot be told without a baseline.\n"
    }
    // Of each kind, so that many of one do not hide others.
    for kind in AuditFinding.Kind.allCases {
      let found = report.findings.filter { $0.kind == kind }
      for finding in found.prefix(most) { text += Self.line(finding) }
      if found.count > most {
        text += "  \(kind.title): and \(ReportNumber.grouped(found.count - most)) more\n"
      }
    }
    if report.agentsWithoutHours > 0 {
      text +=
        "  Hours: too little is known of \(report.agentsWithoutHours) of \(counted(report.namedAgents, "agent")) to call any unusual.\n"
    }
    return text
  }

  private static func line(_ finding: AuditFinding) -> String {
    let title = finding.kind.title + String(repeating: " ", count: max(0, 17 - finding.kind.title.count))
    var text = "  \(finding.kind.isTrouble ? "!" : "-") \(title) "
    if let agent = finding.agent, agent != finding.subject { text += "\(agent): " }
    text += finding.subject
    if !finding.remark.isEmpty { text += "\(finding.agent == finding.subject ? " " : ", ")\(finding.remark)" }
    if !finding.kind.isTrouble { text += "; \(counted(finding.count, "time"))" }
    if let time = finding.first ?? finding.last { text += "; \(LocalTime.text(time).dropLast(3))" }
    return TerminalText.oneLine(text) + "\n"
  }

  /// Calls over time, one row each; only the newest of many.
  private var series: String {
    let buckets = report.series.buckets.suffix(72)
    guard let most = buckets.map(\.outcomes.calls).max(), most > 0 else { return "" }
    var text = Self.title("Calls by \(report.series.unit.rawValue)")
    let names = buckets.map { report.series.name($0) }
    let width = names.map(\.count).max() ?? 0
    let room = Self.width - width - 26
    for (name, bucket) in zip(names, buckets) {
      let calls = bucket.outcomes.calls
      let refused = bucket.outcomes[.refused]
      let length = (calls * room + most - 1) / most
      let mark = calls == 0 ? 0 : (refused * length + calls - 1) / calls
      let count = ReportNumber.grouped(calls)
      text +=
        "  \(name)\(String(repeating: " ", count: width - name.count + max(1, 10 - count.count)))\(count)  "
        + String(repeating: "#", count: length - mark) + String(repeating: "x", count: mark)
        + (refused > 0 ? "  \(ReportNumber.grouped(refused)) refused" : "") + "\n"
    }
    return text
  }

  private func table(_ section: ReportSection) -> String {
    var text = Self.title(section.title)
    if section.id == "sessions" { text += "  \(TerminalText.oneLine(section.about))\n" }
    guard !section.rows.isEmpty else { return text + "  \(section.whenEmpty)\n" }
    let shown = section.columns.indices.filter { !section.columns[$0].isForPages }
    text +=
      ColumnText(
        titles: shown.map { section.columns[$0].title.lowercased() },
        areNumbers: shown.map { section.columns[$0].isNumber },
        rows: section.rows.map { row in shown.map { row[$0].text } }
      ).description
    if section.total > section.rows.count {
      text +=
        "  and \(ReportNumber.grouped(section.total - section.rows.count)) more: --top \(min(section.total, 1_000))\n"
    }
    if !section.missing.isEmpty { text += "  \(section.missing)\n" }
    return text
  }

  private var footer: String {
    var text = "\n\(ReportNumber.grouped(report.builder.records)) records of "
    text += TerminalText.oneLine(FindingSearch.some(report.sources)) + ".\n"
    return text
  }

  private static func title(_ title: String) -> String {
    "\n\(title)\n\(String(repeating: "-", count: title.count))\n"
  }
}
