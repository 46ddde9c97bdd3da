internal import AuditReading
internal import AuditSchema

/// All records of the calls whose id begins so, and the sessions that they came through.
struct CallSearch {
  /// One call on one host.
  struct Found {
    let id: String
    let host: String?
    fileprivate(set) var records: [AuditEntry] = []
    /// Of its session.
    fileprivate(set) var authentication: AuditEntry?
    fileprivate(set) var sessionEnd: AuditEntry?

    /// Joined from its records.
    var call: AuditedCall? {
      var joiner = CallJoiner()
      var call: AuditedCall?
      for record in records { call = joiner.add(record) ?? call }
      return call ?? joiner.unfinished.first
    }
  }

  private struct Session: Hashable {
    let host: String?
    let id: String
  }

  /// More ids than are shown of a prefix that is not unique.
  static let mostIDs = 11
  /// A call has its decision, its end and a bounded number of refused accesses.
  private static let mostRecords = 256
  private static let mostSessions = 65_536

  private let prefix: String
  private(set) var found: [Found] = []
  /// Different ids, in the order in which they were found.
  private(set) var ids: [String] = []
  private var sessions: [Session: AuditEntry] = [:]

  init(prefix: String) { self.prefix = prefix }

  mutating func add(_ entry: AuditEntry) {
    switch entry.operation {
    case .authentication: begin(entry)
    case .sessionEnd: end(entry)
    default:
      if let id = entry.text(.call), id.hasPrefix(prefix) { add(entry, id) }
    }
  }

  private mutating func add(_ entry: AuditEntry, _ id: String) {
    if !ids.contains(id) {
      guard ids.count < Self.mostIDs else { return }
      ids.append(id)
    }
    guard let index = found.firstIndex(where: { $0.id == id && $0.host == entry.node }) else {
      var new = Found(id: id, host: entry.node, records: [entry])
      new.authentication = entry.text(.session).flatMap { sessions[Session(host: entry.node, id: $0)] }
      found.append(new)
      return
    }
    if found[index].records.count < Self.mostRecords { found[index].records.append(entry) }
  }

  private mutating func begin(_ entry: AuditEntry) {
    guard entry.isSuccess, let id = entry.text(.session) else { return }
    // Sessions without an end, of a log that lost many, are forgotten.
    if sessions.count >= Self.mostSessions { sessions = [:] }
    sessions[Session(host: entry.node, id: id)] = entry
  }

  private mutating func end(_ entry: AuditEntry) {
    guard let id = entry.text(.session) else { return }
    sessions[Session(host: entry.node, id: id)] = nil
    for index in found.indices where found[index].host == entry.node {
      if found[index].records.first?.text(.session) == id { found[index].sessionEnd = entry }
    }
  }
}
