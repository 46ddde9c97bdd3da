internal import AuditReading
internal import AuditSchema

/// What `keyhole audit list` shows on a line: a call, or a record that is about none.
enum ListRow {
  case call(AuditedCall)
  case event(AuditEntry)
}

/// The texts of a row, not yet harmless for terminals.
struct ListCells {
  /// When it began, in milliseconds since 1970.
  let time: Int64
  /// The call's id, empty for what is none.
  let call: String
  let agent: String
  let host: String?
  let vm: String?
  let result: String
  let milliseconds: UInt64?
  /// How many accesses were refused; empty for none.
  let refusals: String
  /// The command line, or what happened.
  let text: String

  init(_ row: ListRow) {
    switch row {
    case .call(let call): self.init(call)
    case .event(let entry): self.init(entry)
    }
  }

  private init(_ call: AuditedCall) {
    let end = call.end
    let count = CallText.refusals(call, end)
    time = call.decided ?? call.time
    self.call = call.id
    agent = call.agent ?? "?"
    host = call.host
    vm = call.vm
    result = CallText.result(call, end)
    milliseconds = end?.milliseconds
    refusals = count == 0 ? "" : String(count)
    text = CallText.line(call)
  }

  private init(_ entry: AuditEntry) {
    time = entry.time
    call = entry.text(.call) ?? ""
    agent = entry.agent ?? (entry.has(.acct) ? "?" : "")
    host = entry.node
    vm = entry.text(.vm)
    result = EventText.result(entry)
    milliseconds = nil
    refusals = ""
    text = "\(entry.operation.rawValue.dropFirst(8)): \(EventText.text(entry))"
  }
}
