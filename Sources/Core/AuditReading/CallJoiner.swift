internal import AuditSchema

/// Joins the records of calls as they come. Holds no more than the calls that are open and, while they last, their accesses.
public struct CallJoiner: Sendable {
  private struct Name: Hashable {
    let host: String?
    let id: String
  }

  private var open: [Name: AuditedCall] = [:]

  public init() {}

  /// Takes a record, and gives the call that it completes.
  ///
  /// A refused call is complete with its decision, any other with its end.
  public mutating func add(_ entry: AuditEntry) -> AuditedCall? {
    guard let id = entry.text(.call) else { return nil }
    let name = Name(host: entry.node, id: id)
    var call = open[name] ?? AuditedCall(id, entry)
    call.add(entry)
    if call.verdict == .refused || call.end != nil {
      open[name] = nil
      return call
    }
    open[name] = call
    return nil
  }

  /// Those that no end was read of, oldest first.
  public var unfinished: [AuditedCall] { open.values.sorted { ($0.time, $0.id) < ($1.time, $1.id) } }
}

extension AuditedCall {
  fileprivate init(_ id: String, _ entry: AuditEntry) {
    self.id = id
    host = entry.node
    agent = entry.agent
    key = entry.key
    address = entry.address
    vm = entry.text(.vm)
    session = entry.text(.session)
    time = entry.time
  }

  fileprivate mutating func add(_ entry: AuditEntry) {
    switch entry.operation {
    case .decision:
      decided = entry.time
      verdict = entry.text(.verdict).flatMap(Verdict.init(rawValue:))
      policy = entry.text(.policy)
      rules = entry.text(.rule).map { $0.split(separator: ":").map(String.init) } ?? []
      line = entry.bytes(.cmd)
      lineLength = entry.number(.commandBytes).map { Int(clamping: $0) } ?? line?.count
      reason = entry.text(.info)
    case .refusedOpen: addAccess(entry, "open")
    case .refusedConnect: addAccess(entry, "connect")
    case .refusedWrite: addAccess(entry, "write")
    case .end:
      end = End(
        time: entry.time, cause: entry.text(.cause) ?? "?",
        status: entry.number(.status).map { Int(clamping: $0) } ?? 0,
        milliseconds: entry.number(.duration) ?? 0, bytesOut: entry.number(.bytes) ?? 0,
        refusals: entry.number(.refusals) ?? 0, reason: entry.text(.info))
    default: break
    }
  }

  private mutating func addAccess(_ entry: AuditEntry, _ kind: String) {
    accesses.append(
      Access(kind: kind, name: entry.bytes(.name) ?? [], reason: entry.text(.info), time: entry.time))
  }
}
