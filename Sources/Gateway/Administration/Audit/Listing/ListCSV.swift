internal import AuditReading

/// Comma-separated values (RFC 4180) with one header line, for spreadsheets.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Such a cell gets an apostrophe
/// in front, which spreadsheets take for "this is text". Line breaks and other control characters stand as `\x0a`.
struct ListCSV: ListOutput {
  private let buffer: OutputBuffer
  private var times = TimeText()

  init(_ buffer: OutputBuffer) {
    self.buffer = buffer
    buffer.write("time,call,agent,host,vm,result,duration-ms,refused,rules,address,command\r\n")
  }

  mutating func add(_ row: ListRow) {
    let cells = ListCells(row)
    let rules: [String]
    let address: String?
    switch row {
    case .call(let call): (rules, address) = (call.rules, call.address)
    case .event(let entry): (rules, address) = ([], entry.address)
    }
    let texts = [
      times.utc(cells.time), cells.call, cells.agent, cells.host ?? "", cells.vm ?? "", cells.result,
      cells.milliseconds.map { String($0) } ?? "", cells.refusals, rules.joined(separator: ":"),
      address ?? "", cells.text,
    ]
    buffer.write(texts.map(Self.cell).joined(separator: ",") + "\r\n")
  }

  mutating func flush() { buffer.flush() }

  static func cell(_ text: String) -> String {
    var text = TerminalText.oneLine(text)
    if let first = text.utf8.first, "=+-@".utf8.contains(first) { text = "'" + text }
    guard
      text.utf8.contains(where: {
        $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";")
      })
    else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
