internal import AuditReading
internal import AuditSchema

/// Authentications and connections of the embedded server.
struct SessionTally {
  struct Failure: Hashable {
    var agent: String
    var address: String
    var reason: String
  }

  struct Times: Equatable {
    private(set) var count = 0
    private(set) var first = Int64.max
    private(set) var last = Int64.min

    mutating func add(_ time: Int64) {
      count += 1
      first = min(first, time)
      last = max(last, time)
    }
  }

  private(set) var authenticated = 0
  private(set) var failed = 0
  private(set) var failures = BoundedTable<Failure, Times>(capacity: 10_000) { $0.count }
  private(set) var ended = 0
  /// The causes are a fixed list of the broker's; a record cannot bring more than so many.
  private(set) var causes = BoundedTable<String, Times>(capacity: 100) { $0.count }

  mutating func addAuthentication(_ entry: AuditEntry) {
    if entry.isSuccess {
      authenticated += 1
      return
    }
    failed += 1
    let failure = Failure(
      agent: entry.agent ?? AgentNames.none, address: entry.address ?? "?", reason: entry.text(.info) ?? "")
    failures.update(failure, from: Times()) { $0.add(entry.time) }
  }

  mutating func addEnd(_ entry: AuditEntry) {
    ended += 1
    causes.update(entry.text(.cause) ?? "?", from: Times()) { $0.add(entry.time) }
  }
}
