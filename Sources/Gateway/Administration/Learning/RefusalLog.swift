internal import AuditReading
internal import AuditSchema
internal import CommandGrammar

/// The refusals of an audit log, alike ones together.
struct RefusalLog {
  /// More kinds of refusals than anybody reads; what comes after is counted only.
  static let mostKinds = 20_000

  /// How often something happened, and when first and last, in milliseconds since 1970.
  struct Times: Equatable {
    var count: Int
    var first: Int64
    var last: Int64

    mutating func add(_ other: Times) {
      count += other.count
      first = min(first, other.first)
      last = max(last, other.last)
    }
  }

  struct Call: Hashable {
    var agent: String
    var line: [UInt8]
  }

  /// An access that the sandbox refused.
  struct Access: Hashable {
    var name: String
    var reason: String
    /// `open`, `connect` or `write`.
    var kind: String
  }

  private(set) var calls: [Call: Times] = [:]
  private(set) var accesses: [Access: Times] = [:]
  /// Calls with a key that belongs to no agent.
  private(set) var unknownKeys = 0
  /// Calls of which the record does not have the whole line.
  private(set) var cutLines = 0
  /// Calls for a VM, which has a policy of its own.
  private(set) var elsewhere = 0
  /// Records of the broker that were read, of any kind.
  private(set) var entries = 0
  /// Lines that name Keyhole and are not as the broker writes them.
  private(set) var malformed = 0
  private(set) var leftOut = 0

  /// Only records from this time on count, and only this agent's.
  let since: Int64
  let agent: String?
  private let reader: AuditEntryReader

  init(executables: [String], since: Int64 = .min, agent: String? = nil) {
    reader = AuditEntryReader(executables: executables)
    self.since = since
    self.agent = agent
  }

  /// Takes all whole lines.
  mutating func addAll(of lines: inout LogLines) {
    while let line = lines.next() {
      guard case .bytes(let range) = line else { continue }
      switch lines.read(range, with: reader) {
      case .other: break
      case .malformed: malformed += 1
      case .entry(let entry): add(entry)
      }
    }
  }

  /// Lines of the logs that are no records though they name Keyhole, where somebody else read the logs.
  mutating func note(malformed count: Int) { malformed += count }

  mutating func add(_ entry: AuditEntry) {
    entries += 1
    guard entry.time >= since, agent == nil || entry.agent == agent else { return }
    switch entry.operation {
    case .decision where entry.text("verdict") == "refused": addCall(entry)
    case .refusedOpen: addAccess(entry, "open")
    case .refusedConnect: addAccess(entry, "connect")
    case .refusedWrite: addAccess(entry, "write")
    default: break
    }
  }

  private mutating func addCall(_ entry: AuditEntry) {
    guard let agent = entry.agent else {
      unknownKeys += 1
      return
    }
    guard let line = entry.bytes("cmd"), entry.bytes("cmd-bytes") == nil else {
      cutLines += 1
      return
    }
    guard entry.bytes("vm") == nil else {
      elsewhere += 1
      return
    }
    let call = Call(agent: agent, line: line)
    if calls.count >= Self.mostKinds, calls[call] == nil {
      leftOut += 1
    } else {
      Self.note(entry, in: &calls[call])
    }
  }

  private mutating func addAccess(_ entry: AuditEntry, _ kind: String) {
    let access = Access(name: entry.text("name") ?? "", reason: entry.text("info") ?? "", kind: kind)
    if accesses.count >= Self.mostKinds, accesses[access] == nil {
      leftOut += 1
    } else {
      Self.note(entry, in: &accesses[access])
    }
  }

  private static func note(_ entry: AuditEntry, in times: inout Times?) {
    let one = Times(count: 1, first: entry.time, last: entry.time)
    if times == nil { times = one } else { times?.add(one) }
  }

  /// The refused lines in the order in which they came first.
  var learnableCalls: [(key: Call, call: LearningRun.Call)] {
    calls.map { key, times in
      (key, LearningRun.Call(agent: key.agent, text: String(decoding: key.line, as: UTF8.self), times: times))
    }.sorted {
      ($0.call.times.first, $0.call.agent, $0.call.text) < ($1.call.times.first, $1.call.agent, $1.call.text)
    }
  }
}
