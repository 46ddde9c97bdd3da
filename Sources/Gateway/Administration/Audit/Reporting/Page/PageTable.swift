/// A section of a page with one table.
struct PageTable {
  let section: ReportSection

  var html: String {
    let id = section.id
    var text =
      "<section id=\"\(id)\"><h2 id=\"h-\(id)\">\(section.title)<span class=\"shown\" aria-live=\"polite\"></span></h2>"
    if !section.about.isEmpty { text += "<p class=\"about\">\(PageText.prose(section.about))</p>" }
    guard !section.rows.isEmpty else {
      return text + PageText.element("p", section.whenEmpty, class: "empty") + "</section>"
    }
    let shown = section.columns.indices.filter { column in
      section.rows.contains { Self.says($0[column], section.columns[column]) }
    }
    text +=
      "<div class=\"wrap\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-\(id)\"><table class=\"data\" aria-labelledby=\"h-\(id)\"><thead><tr>"
    for column in shown {
      let one = section.columns[column]
      text += "<th scope=\"col\"\(one.isNumber ? " class=\"n\"" : "")>\(one.title)</th>"
    }
    text += "</tr></thead><tbody>\n"
    for row in section.rows {
      text += "<tr>"
      for column in shown { text += Self.cell(row[column], isNumber: section.columns[column].isNumber) }
      text += "</tr>\n"
    }
    text += "</tbody></table></div><p class=\"nomatch\" hidden>No row matches.</p>"
    if section.total > section.rows.count {
      text +=
        "<p class=\"note\">\(ReportNumber.grouped(section.rows.count)) of \(ReportNumber.grouped(section.total)) are shown\(section.id == "calls" || section.id == "events" ? ", the newest" : ", the most frequent").</p>"
    }
    if !section.missing.isEmpty { text += PageText.element("p", section.missing, class: "note") }
    return text + "</section>\n"
  }

  /// A column in which nothing stands says nothing, nor one of no great interest in which all is 0.
  private static func says(_ cell: ReportSection.Cell, _ column: ReportSection.Column) -> Bool {
    switch cell {
    case .text(let text), .code(let text): !text.isEmpty
    case .number(let number): number != 0 || !column.isForPages
    case .none: false
    default: true
    }
  }

  private static func cell(_ cell: ReportSection.Cell, isNumber: Bool) -> String {
    let key = cell.sortKey.map { " data-k=\"\($0)\"" } ?? (isNumber ? " data-k=\"-1\"" : "")
    switch cell {
    case .text(let text):
      return "<td\(text.utf8.count <= 16 ? " class=\"short\"" : "")>\(PageText.escaped(text))</td>"
    case .code(let text):
      let classes = text.utf8.count > 24 ? "long" : "id"
      return "<td class=\"\(classes)\">\(PageText.element("code", text))</td>"
    case .remarked(let text, let remark):
      return "<td class=\"long\">\(PageText.element("code", text))"
        + (remark.isEmpty ? "" : " " + PageText.element("span", remark, class: "remark")) + "</td>"
    case .outcome(let outcome, let text):
      let layer = CallChart.layers.first { $0.outcomes.contains(outcome) }?.class ?? "ok"
      return "<td><span class=\"o \(layer)\">\(PageText.escaped(text))</span></td>"
    case .time(let time), .minute(let time):
      return "<td class=\"t\"\(key)><time datetime=\"\(UTCTime.text(time))\">\(cell.text)</time></td>"
    case .number, .milliseconds, .bytes:
      return "<td class=\"n\(cell.sortKey == 0 ? " z" : "")\"\(key)>\(cell.text)</td>"
    case .none: return "<td\(isNumber ? " class=\"n\"" : "")\(key)></td>"
    }
  }
}
