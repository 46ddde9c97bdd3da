internal import AuditReading
internal import AuditSchema

/// Refused calls by agent, command, rule and reason, beside the log from which `policy learn` learns.
struct RefusalGroups {
  /// More kinds than anybody reads; the rarest make room.
  static let mostGroups = 5_000
  /// Different lines of one group that advice is asked for.
  static let mostLines = 1_000

  struct Group: Hashable {
    /// nil for keys that belong to no agent.
    var agent: String?
    /// nil for the host itself.
    var vm: String?
    /// The commands of the line.
    var command: String
    var rule: String
    var reason: String
  }

  struct Use {
    var times: RefusalLog.Times
    /// The newest line; nil when a shell was asked for.
    var example: [UInt8]?
    /// Whether some line is not in its record as a whole, or missing.
    var hasCutLines = false
    /// Lines from which can be learned.
    var calls: Set<RefusalLog.Call> = []
  }

  private(set) var table = BoundedTable<Group, Use>(capacity: mostGroups) { $0.times.count }
  private(set) var log: RefusalLog
  /// Refused calls, in groups or not.
  private(set) var calls = 0

  init() { log = RefusalLog(executables: []) }

  mutating func note(malformed count: Int) { log.note(malformed: count) }

  mutating func add(_ entry: AuditEntry) {
    log.add(entry)
    guard entry.operation == .decision, entry.text(.verdict) == "refused" else { return }
    calls += 1
    let line = entry.bytes(.cmd)
    let group = Group(
      agent: entry.agent, vm: entry.text(.vm),
      command: (line.map { LineShape($0) } ?? .shell).commands.joined(separator: ", "),
      rule: entry.text(.rule) ?? "", reason: entry.text(.info) ?? "")
    let one = RefusalLog.Times(count: 0, first: entry.time, last: entry.time)
    let isCut = line == nil || entry.has(.commandBytes)
    table.update(group, from: Use(times: one)) { use in
      if entry.time >= use.times.last { use.example = line }
      use.times.add(RefusalLog.Times(count: 1, first: entry.time, last: entry.time))
      use.hasCutLines = use.hasCutLines || isCut
      if let agent = group.agent, let line, !isCut, group.vm == nil, use.calls.count < Self.mostLines {
        use.calls.insert(RefusalLog.Call(agent: agent, line: line))
      }
    }
  }

  /// The most frequent first.
  var ranked: [(key: Group, value: Use)] {
    table.ranked {
      ($0.agent ?? "", $0.command, $0.rule, $0.reason, $0.vm ?? "")
        < ($1.agent ?? "", $1.command, $1.rule, $1.reason, $1.vm ?? "")
    }
  }
}
