/// Rows as they come, in one of the formats of `keyhole audit list`.
protocol ListOutput {
  mutating func add(_ row: ListRow)
  /// Writes what waits for more.
  mutating func flush()
}

/// Columns for people. Their widths are those of the first rows; in a later row that is wider, the others move.
struct ListTable: ListOutput {
  private struct Column {
    let title: String
    let text: (ListCells) -> String
    var width: Int
  }

  /// As many rows decide on the columns.
  private static let sample = 256

  private let buffer: OutputBuffer
  private var waiting: [ListCells]? = []
  private var columns: [Column] = []
  private var times = TimeText()
  private let hasHosts: Bool

  init(_ buffer: OutputBuffer, hasHosts: Bool) {
    self.buffer = buffer
    self.hasHosts = hasHosts
  }

  mutating func add(_ row: ListRow) {
    let cells = ListCells(row)
    guard waiting != nil else { return write(cells) }
    waiting?.append(cells)
    if waiting?.count ?? 0 >= Self.sample { begin() }
  }

  mutating func flush() {
    if waiting?.isEmpty == false { begin() }
    buffer.flush()
  }

  private mutating func begin() {
    let rows = waiting ?? []
    waiting = nil
    columns = [
      Column(title: "CALL", text: \.call, width: 16), Column(title: "AGENT", text: \.agent, width: 5),
    ]
    if hasHosts || rows.contains(where: { $0.host != nil }) {
      columns.append(Column(title: "HOST", text: { $0.host ?? "" }, width: 4))
    }
    if rows.contains(where: { $0.vm != nil }) {
      columns.append(Column(title: "VM", text: { $0.vm ?? "" }, width: 2))
    }
    columns += [
      Column(title: "RESULT", text: \.result, width: 7),
      Column(title: "TOOK", text: { $0.milliseconds.map(CallText.duration) ?? "" }, width: 7),
      Column(title: "REFUSED", text: \.refusals, width: 7),
    ]
    for index in columns.indices {
      let text = columns[index].text
      columns[index].width = rows.reduce(columns[index].width) {
        max($0, TerminalText.columns(TerminalText.oneLine(text($1))))
      }
    }
    buffer.writeCell("TIME", width: 19)
    for column in columns { buffer.writeCell(column.title, width: column.width) }
    buffer.write("COMMAND\n")
    for row in rows { write(row) }
  }

  private mutating func write(_ cells: ListCells) {
    buffer.writeCell(times.local(cells.time), width: 19)
    for column in columns { buffer.writeCell(column.text(cells), width: column.width) }
    buffer.writeSafely(cells.text)
    buffer.write("\n")
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
    line += "\n"
    buffer.write(line)
  }

  mutating func flush() { buffer.flush() }
}
