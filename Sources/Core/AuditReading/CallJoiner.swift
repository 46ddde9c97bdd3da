internal import AuditSchema

/// Joins the records of calls as they come. Holds no more than the calls that are open and, while they last, their accesses.
public struct CallJoiner: Sendable {
  private struct Name: Hashable {
    let host: String?
    let id: String
  }

  /// More than any host runs at once: those of a log that lost ends are forgotten, the oldest first.
  private static let mostOpen = 65_536

  private var open: [Name: AuditedCall] = [:]
  /// Of each host, the call that ended last: a broker that was killed while it wrote that end writes another.
  private var ended: [String?: String] = [:]

  public init() {}

  /// Takes a record, and gives the call that it completes.
  ///
  /// A refused call is complete with its decision, any other with its end.
  public mutating func add(_ entry: AuditEntry) -> AuditedCall? {
    guard let id = entry.text(.call) else { return nil }
    let name = Name(host: entry.node, id: id)
    switch entry.operation {
    case .decision where entry.text(.verdict) == "refused":
      var call = open.removeValue(forKey: name) ?? AuditedCall(id, entry)
      call.decision = entry
      return call
    case .end:
      if open[name] == nil, entry.isLostEnd, ended[entry.node] == id { return nil }
      ended[entry.node] = id
      var call = open.removeValue(forKey: name) ?? AuditedCall(id, entry)
      call.ending = entry
      return call
    default:
      if open.count >= Self.mostOpen { forgetOldest() }
      open[name, default: AuditedCall(id, entry)].add(entry)
      return nil
    }
  }

  /// Those that no end was read of, oldest first.
  public var unfinished: [AuditedCall] { open.values.sorted { ($0.time, $0.id) < ($1.time, $1.id) } }

  private mutating func forgetOldest() {
    for call in unfinished.prefix(Self.mostOpen / 2) { open[Name(host: call.host, id: call.id)] = nil }
  }
}

extension AuditedCall {
  fileprivate mutating func add(_ entry: AuditEntry) {
    if entry.operation == .decision {
      decision = entry
    } else if refusedAccesses.count < Self.mostAccesses {
      refusedAccesses.append(entry)
    }
  }
}
