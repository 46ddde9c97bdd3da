/// Rows of words in columns, two spaces apart; the last column is as wide as it likes.
struct TextTable: CustomStringConvertible {
  private let rows: [[String]]

  init(_ rows: [[String]]) {
    self.rows = rows.map { $0.map(TerminalText.oneLine) }
  }

  var description: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        line += text
        if column + 1 < row.count {
          line += String(repeating: " ", count: widths[column] - text.count + 2)
        }
      }
      return line.trimmedOfSpaces + "\n"
    }.joined()
  }
}

extension String {
  fileprivate var trimmedOfSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
