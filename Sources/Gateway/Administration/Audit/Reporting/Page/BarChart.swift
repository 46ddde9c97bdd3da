/// Names with bars and numbers, as a table.
struct BarChart {
  struct Bar {
    var name: String
    /// Below the name.
    var remark = ""
    /// By the class of ``CallChart/layers``.
    var parts: [(class: String, count: Int)]

    var count: Int { parts.reduce(0) { $0 + $1.count } }
  }

  let caption: String
  let bars: [Bar]

  var html: String {
    let most = max(1, bars.map(\.count).max() ?? 1)
    var text = "<table class=\"bars\" aria-label=\"\(PageText.escaped(caption))\"><tbody>"
    for bar in bars {
      text += "<tr><th scope=\"row\" title=\"\(PageText.escaped(bar.name))\">\(PageText.escaped(bar.name))"
      if !bar.remark.isEmpty { text += PageText.element("small", bar.remark) }
      text += "</th><td><svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      var left = 0.0
      for part in bar.parts where part.count > 0 {
        let width = max(2, Double(part.count) * 1_000 / Double(most))
        text +=
          "<rect class=\"\(part.class)\" x=\"\(CallChart.tenths(left))\" width=\"\(CallChart.tenths(width))\" y=\"0\" height=\"10\"/>"
        left += width
      }
      text += "</svg></td><td class=\"n\">\(ReportNumber.grouped(bar.count))</td></tr>"
    }
    return text + "</tbody></table>"
  }
}
