/// A report as one page of HTML that needs nothing else: no network, no script to be read.
struct ReportPage {
  /// In the first bytes of each, by which one is known.
  static let mark = "<meta name=\"generator\" content=\"keyhole audit report\">"

  let report: AuditReport
  /// Rows of each table, the calls aside.
  let most: Int

  var html: String {
    let sections = ReportSections(report: report, most: most)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(Self.mark)
      <meta http-equiv="Content-Security-Policy" content="\(PagePolicy.text)">
      <meta name="referrer" content="no-referrer">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(PageText.escaped("Audit report, \(span)"))</title>
      <style>\(PageStyle.text)</style>
      </head>
      <body>
      \(header)
      \(bar(sections))
      <main>
      \(findings)
      \(charts)
      \((sections.tables + [sections.calls]).map { PageTable(section: $0).html }.joined())
      </main>
      \(footer)
      <script>\(PageScript.text)</script>
      </body>
      </html>

      """
  }

  /// `14 Nov to 21 Nov 2026`, from the first day to the last.
  private var span: String {
    var calendar = LocalCalendar()
    let first = calendar.hour(of: report.shownStart) / 24
    let last = max(first, calendar.hour(of: report.shownEnd - 1) / 24)
    let year = UTCTime.date(daysSince1970: last).year
    let firstYear = UTCTime.date(daysSince1970: first).year
    if first == last { return "\(LocalCalendar.dayName(last)) \(year)" }
    return
      "\(LocalCalendar.dayName(first))\(firstYear == year ? "" : " \(firstYear)") – \(LocalCalendar.dayName(last)) \(year)"
  }

  private var header: String {
    let cut =
      report.isCutShort
      ? " The logs begin after the period does, which is from \(LocalTime.text(report.period.since))." : ""
    return """
      <header>
      <p class="eyebrow">Keyhole audit report</p>
      <h1>\(PageText.escaped(span))</h1>
      <p class="lede">\(PageText.escaped(report.baselineText + cut))</p>
      \(figures)
      </header>
      """
  }

  private func figure(_ name: String, _ big: String, _ sub: String, isBad: Bool = false) -> String {
    "<div><dt>\(name)</dt><dd class=\"big\(isBad ? " bad" : "")\">\(PageText.escaped(big))</dd><dd class=\"sub\">\(PageText.escaped(sub))</dd></div>"
  }

  private var figures: String {
    let outcomes = report.tally.outcomes
    let calls = outcomes.calls
    let ended = outcomes[.stopped] + outcomes[.troubled]
    let agents = report.namedAgents
    let trail: (word: String, remark: String) =
      switch report.chain?.state {
      case .whole?: ("Whole", "no record missing or altered")
      case .broken?: ("Broken", "see below")
      case .unnumbered?: ("Unknown", "records have no numbers")
      case nil: ("Unchecked", "of a part of the records")
      }
    return "<dl class=\"figures\">"
      + figure("Calls", ReportNumber.grouped(calls), "\(ReportNumber.bytes(report.tally.bytesOut)) of output")
      + figure(
        "Refused", ReportNumber.grouped(outcomes[.refused]),
        "\(ReportNumber.share(outcomes[.refused], of: calls)) of calls")
      + figure(
        "Stopped early", ReportNumber.grouped(ended),
        outcomes.unended > 0
          ? "and \(ReportNumber.grouped(outcomes.unended)) without an end"
          : "\(ReportNumber.share(ended, of: calls)) of calls")
      + figure("Refused accesses", ReportNumber.grouped(report.tally.accesses), "by the sandbox")
      + figure(
        "Agents", ReportNumber.grouped(agents),
        report.builder.baseline.calls == 0 ? "no baseline" : "\(report.newAgents) new")
      + figure("Chain of records", trail.word, trail.remark, isBad: report.chain?.state == .broken) + "</dl>"
  }

  private func bar(_ sections: ReportSections) -> String {
    let links =
      [("findings", "Findings"), ("activity", "Activity")]
      + (sections.tables + [sections.calls]).map { ($0.id, $0.id.prefix(1).uppercased() + $0.id.dropFirst()) }
    return "<div class=\"bar\"><div><nav aria-label=\"Sections\"><ul>"
      + links.map { "<li><a href=\"#\($0.0)\">\($0.1)</a></li>" }.joined()
      + "</ul></nav><div id=\"search\" role=\"search\" hidden><label class=\"sr\" for=\"q\">Search all tables</label>"
      + "<input id=\"q\" type=\"search\" placeholder=\"Search all tables\" autocomplete=\"off\" spellcheck=\"false\">"
      + "<output id=\"found\" for=\"q\"></output></div></div></div>"
  }

  private var findings: String {
    var text = "<section id=\"findings\" class=\"chartpart\"><h2>Findings</h2>"
    if report.findings.isEmpty {
      text += PageText.element(
        "p",
        report.builder.baseline.calls > 0
          ? "Nothing: every agent, key, address and command of the period was met before it."
          : "None. What is new cannot be told without a baseline.", class: "empty")
    } else {
      text += "<ul class=\"findings\">"
      for kind in AuditFinding.Kind.allCases {
        let found = report.findings.filter { $0.kind == kind }
        text += found.prefix(20).map { item($0) }.joined()
        if found.count > 20 {
          text +=
            "<li class=\"more\"><span class=\"kind\">\(kind.title)</span><span>and \(ReportNumber.grouped(found.count - 20)) more</span></li>"
        }
      }
      text += "</ul>"
    }
    if report.agentsWithoutHours > 0 {
      text +=
        "<p class=\"note\">Too little is known of \(report.agentsWithoutHours) of \(counted(report.namedAgents, "agent")) to call any hour unusual.</p>"
    }
    return text + "</section>"
  }

  private func item(_ finding: AuditFinding) -> String {
    var text =
      "<li\(finding.kind.isTrouble ? " class=\"trouble\"" : "")><span class=\"kind\">\(finding.kind.title)</span><span class=\"what\">"
    if let agent = finding.agent { text += PageText.element("strong", agent) + " " }
    if finding.agent != finding.subject {
      text +=
        finding.kind == .newKey || finding.kind == .newCommand
        ? PageText.element("code", finding.subject) : PageText.escaped(finding.subject)
    }
    if !finding.remark.isEmpty {
      text +=
        (finding.agent == finding.subject ? " " : " <span class=\"remark\">·</span> ")
        + PageText.element("span", finding.remark, class: "remark")
    }
    text += "</span><span class=\"when\">"
    if !finding.kind.isTrouble {
      text += "\(counted(finding.count, "time"))\(finding.first ?? finding.last == nil ? "" : ", ")"
    }
    if let time = finding.first ?? finding.last { text += LocalTime.text(time).dropLast(3) }
    return text + "</span></li>"
  }

  private var charts: String {
    guard report.tally.calls > 0 else {
      return "<section id=\"activity\"><h2>Activity</h2><p class=\"empty\">No calls.</p></section>"
    }
    let agents = report.agents.prefix(8).map { agent in
      BarChart.Bar(
        name: agent.name ?? AgentNames.none,
        parts: CallChart.layers.map { layer in
          (layer.class, layer.outcomes.reduce(0) { $0 + agent.tally.outcomes[$1] })
        })
    }
    let refusals = report.builder.refusals.ranked {
      ($0.command, $0.rule, $0.reason) < ($1.command, $1.rule, $1.reason)
    }
    .prefix(8).map { kind, use in
      BarChart.Bar(name: kind.command, remark: kind.reason, parts: [("refuse", use.count)])
    }
    var text = """
      <section id="activity" class="chartpart"><h2>Calls by \(report.series.unit.rawValue)</h2>
      \(CallChart.legend())\(CallChart(series: report.series).html)</section>
      <div class="pair chartpart">
      <section><h2>Hours of the week</h2><p class="about">All calls, by the clock of this machine.</p>\(WeekChart(calls: report.builder.week).html)</section>
      <section><h2>Busiest agents</h2><p class="about">Colours as above.</p>\(BarChart(caption: "Calls of the busiest agents", bars: agents).html)</section>
      </div>

      """
    if !refusals.isEmpty {
      text +=
        "<section class=\"chartpart\"><h2>Most refused</h2>\(BarChart(caption: "The most frequent refusals", bars: Array(refusals)).html)</section>"
    }
    return text
  }

  private var footer: String {
    """
    <footer>
    <p>Made \(LocalTime.text(report.made)) from \(ReportNumber.grouped(report.builder.records)) records of \(PageText.escaped(FindingSearch.some(report.sources))).</p>
    <p>\(PageText.escaped(report.chain.map { "Chain: \($0.summary)." } ?? "The chain of records was not checked."))</p>
    <p>Times are those of the machine on which it was made. The page is whole in itself: it loads nothing and sends nothing.</p>
    </footer>
    """
  }
}
