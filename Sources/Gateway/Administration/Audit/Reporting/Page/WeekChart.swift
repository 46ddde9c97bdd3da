/// Calls by hour and day of the week: a table whose cells are shaded, so that it is one to a screen reader too.
struct WeekChart {
  /// By hour of the week.
  let calls: [Int]

  private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  var html: String {
    let most = calls.max() ?? 0
    var text =
      "<table class=\"heat\" aria-label=\"Calls by hour and day of the week\"><thead><tr><td></td>"
    for hour in stride(from: 0, to: 24, by: 3) {
      text += "<th scope=\"colgroup\" colspan=\"3\">\(LocalCalendar.two(hour))</th>"
    }
    text += "</tr></thead><tbody>"
    for (day, name) in Self.days.enumerated() {
      text +=
        "<tr><th scope=\"row\"><span aria-hidden=\"true\">\(name.prefix(3))</span><span class=\"sr\">\(name)</span></th>"
      for hour in 0..<24 {
        let count = calls[day * 24 + hour]
        let shade = Self.shade(count, most)
        let place = "\(name.prefix(3)) \(LocalCalendar.two(hour)):00"
        text +=
          count == 0
          ? "<td></td>"
          : "<td class=\"h\(shade)\" title=\"\(place): \(counted(count, "call"))\"><span class=\"sr\">\(count)</span></td>"
      }
      text += "</tr>"
    }
    return text + "</tbody></table>"
  }

  /// 1 to 6, by the square root, so that quiet hours differ from none.
  private static func shade(_ count: Int, _ most: Int) -> Int {
    let share = (Double(count) / Double(max(1, most))).squareRoot()
    return max(1, min(6, Int((share * 6).rounded(.up))))
  }
}
