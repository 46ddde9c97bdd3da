internal import AuditReading
internal import AuditSchema

/// What `keyhole audit list` shows on a line: a call, or a record that is about none.
enum ListRow {
  case call(AuditedCall)
  case event(AuditEntry)

  /// When it began, in milliseconds since 1970.
  var time: Int64 {
    switch self {
    case .call(let call): call.decided ?? call.time
    case .event(let entry): entry.time
    }
  }

  var host: String? {
    switch self {
    case .call(let call): call.host
    case .event(let entry): entry.node
    }
  }

  var vm: String? {
    switch self {
    case .call(let call): call.vm
    case .event(let entry): entry.text(.vm)
    }
  }

  /// The call's id, empty for what is none.
  var call: String {
    switch self {
    case .call(let call): call.id
    case .event(let entry): entry.text(.call) ?? ""
    }
  }

  var agent: String {
    switch self {
    case .call(let call): call.agent ?? "?"
    case .event(let entry): entry.agent ?? (entry.has(.acct) ? "?" : "")
    }
  }

  var result: String {
    switch self {
    case .call(let call): CallText.result(call)
    case .event(let entry): EventText.result(entry)
    }
  }

  var duration: String {
    switch self {
    case .call(let call): call.end.map { CallText.duration($0.milliseconds) } ?? ""
    case .event: ""
    }
  }

  /// How many accesses were refused; empty for none.
  var refusals: String {
    guard case .call(let call) = self else { return "" }
    let count = CallText.refusals(call)
    return count == 0 ? "" : String(count)
  }

  /// The command line, or what happened.
  var text: String {
    switch self {
    case .call(let call): CallText.line(call)
    case .event(let entry): "\(entry.operation.rawValue.dropFirst(8)): \(EventText.text(entry))"
    }
  }
}
