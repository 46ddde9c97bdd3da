/// Rows as they come, in one of the formats of `keyhole audit list`.
protocol ListOutput {
  mutating func add(_ row: ListRow)
  /// Writes what waits for more.
  mutating func flush()
}

/// Columns for people. Their widths are those of the first rows; a later row that is wider moves what is behind it.
struct ListTable: ListOutput {
  private struct Column {
    let title: String
    let text: (ListRow) -> String
    var width: Int
  }

  /// As many rows decide on the columns.
  private static let sample = 256

  private let buffer: OutputBuffer
  private var waiting: [ListRow]? = []
  private var columns: [Column] = []
  private let hasHosts: Bool

  init(_ buffer: OutputBuffer, hasHosts: Bool) {
    self.buffer = buffer
    self.hasHosts = hasHosts
  }

  mutating func add(_ row: ListRow) {
    guard waiting != nil else { return write(row) }
    waiting?.append(row)
    if waiting?.count ?? 0 >= Self.sample { begin() }
  }

  mutating func flush() {
    if waiting?.isEmpty == false { begin() }
    buffer.flush()
  }

  private mutating func begin() {
    let rows = waiting ?? []
    waiting = nil
    var times = TimeText()
    columns = [
      Column(title: "TIME", text: { times.local($0.time) }, width: 19),
      Column(title: "CALL", text: \.call, width: 16), Column(title: "AGENT", text: \.agent, width: 5),
    ]
    if hasHosts || rows.contains(where: { $0.host != nil }) {
      columns.append(Column(title: "HOST", text: { $0.host ?? "" }, width: 4))
    }
    if rows.contains(where: { $0.vm != nil }) {
      columns.append(Column(title: "VM", text: { $0.vm ?? "" }, width: 2))
    }
    columns += [
      Column(title: "RESULT", text: \.result, width: 7), Column(title: "TOOK", text: \.duration, width: 7),
      Column(title: "REFUSED", text: \.refusals, width: 7),
    ]
    for index in columns.indices {
      let text = columns[index].text
      columns[index].width = rows.reduce(columns[index].width) {
        max($0, TerminalText.oneLine(text($1)).count)
      }
    }
    write(columns.map(\.title), last: "COMMAND")
    for row in rows { write(row) }
  }

  private mutating func write(_ row: ListRow) {
    write(columns.map { TerminalText.oneLine($0.text(row)) }, last: TerminalText.oneLine(row.text))
  }

  private mutating func write(_ cells: [String], last: String) {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let count = cell.count
      columns[index].width = max(columns[index].width, count)
      line += cell
      line += String(repeating: " ", count: columns[index].width - count + 2)
    }
    buffer.write(line + last + "\n")
  }
}

/// One JSON object on a line for each row: docs/audit-export.md.
struct ListJSON: ListOutput {
  private let buffer: OutputBuffer
  private var json = AuditJSON()

  init(_ buffer: OutputBuffer) { self.buffer = buffer }

  mutating func add(_ row: ListRow) {
    var line = ""
    switch row {
    case .call(let call): json.call(call).printLine(to: &line)
    case .event(let entry): json.record(entry).printLine(to: &line)
    }
    buffer.write(line + "\n")
  }

  mutating func flush() { buffer.flush() }
}
