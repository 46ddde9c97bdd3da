/// Rows in columns under titles, numbers to the right. Long texts are cut where the row would be too long.
struct ColumnText: CustomStringConvertible {
  /// What every text may have, however many there are in a row.
  static let longestCell = 40
  static let width = 112

  let titles: [String]
  let areNumbers: [Bool]
  let rows: [[String]]

  var description: String {
    let lines = ([titles] + rows).map { $0.map(TerminalText.oneLine) }
    let widths = widths(lines)
    return lines.map { row in
      var line = "  "
      for (column, text) in row.enumerated() {
        let cut = Self.cut(text, to: widths[column])
        let gap = String(repeating: " ", count: widths[column] - cut.count)
        line += (areNumbers[column] ? gap + cut : cut + gap) + "  "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// What is left of the line goes to those that need it, the first first.
  private func widths(_ lines: [[String]]) -> [Int] {
    let wanted = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    var widths = wanted.map { min($0, Self.longestCell) }
    var room = Self.width - 2 * widths.count - widths.reduce(0, +)
    for column in widths.indices where room > 0 {
      let more = min(room, wanted[column] - widths[column])
      widths[column] += more
      room -= more
    }
    return widths
  }

  private static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }
}
