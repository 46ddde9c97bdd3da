internal import AuditReading

/// Calls that had one command, or one line, in common.
struct CommandUse: Equatable {
  static let mostAgents = 100
  var tally = CallTally()
  /// The first so many that used it.
  private(set) var agents: Set<String> = []

  mutating func add(_ call: AuditedCall, _ outcome: CallOutcome) {
    tally.add(call, outcome)
    if agents.count < Self.mostAgents { agents.insert(call.agent ?? AgentNames.none) }
  }
}

/// How an agent is called that is none.
enum AgentNames {
  /// For keys that the policy does not know.
  static let none = "(no agent)"
}

/// Refused calls that are alike.
struct RefusalKind: Hashable {
  var rule: String
  var reason: String
  /// The commands of the line.
  var command: String
}

struct RefusalUse: Equatable {
  private(set) var count = 0
  private(set) var agents: Set<String> = []
  private(set) var first = Int64.max
  private(set) var last = Int64.min
  /// The line of the newest of them.
  private(set) var example: [UInt8]?

  mutating func add(_ call: AuditedCall) {
    count += 1
    if agents.count < CommandUse.mostAgents { agents.insert(call.agent ?? AgentNames.none) }
    first = min(first, call.time)
    if call.time >= last { example = call.line }
    last = max(last, call.time)
  }
}

/// Accesses that the sandbox refused and that are alike.
struct AccessKind: Hashable {
  /// `open`, `connect` or `write`.
  var kind: String
  var name: String
  var reason: String
}

struct AccessUse: Equatable {
  private(set) var count = 0
  private(set) var agents: Set<String> = []
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  mutating func add(_ call: AuditedCall, _ access: AuditedCall.Access) {
    count += 1
    if agents.count < CommandUse.mostAgents { agents.insert(call.agent ?? AgentNames.none) }
    first = min(first, access.time)
    last = max(last, access.time)
  }
}

/// What was read from before the period.
struct Baseline: Equatable {
  var calls = 0
  /// When the first of its calls was, in milliseconds since 1970; nil when there is none.
  var first: Int64?

  mutating func add(_ time: Int64) {
    calls += 1
    first = min(first ?? time, time)
  }
}

struct ReportedCall {
  var call: AuditedCall
  var outcome: CallOutcome
}

/// The newest of things that come in almost any order.
struct NewestEvents<Event> {
  private(set) var kept: [Event] = []
  /// How many were there in all.
  private(set) var count = 0
  let capacity: Int
  private let time: (Event) -> Int64

  init(capacity: Int, time: @escaping (Event) -> Int64) {
    self.capacity = capacity
    self.time = time
  }

  mutating func add(_ event: Event) {
    count += 1
    kept.append(event)
    // Sorted only now and then.
    if kept.count >= 2 * max(capacity, 64) { kept = Array(sorted(kept).prefix(capacity)) }
  }

  /// Newest first.
  var newest: [Event] { Array(sorted(kept).prefix(capacity)) }

  /// Of what was at one time, what came last stands first.
  private func sorted(_ events: [Event]) -> [Event] {
    events.enumerated().sorted { one, other in
      let times = (time(one.element), time(other.element))
      return times.0 == times.1 ? one.offset > other.offset : times.0 > times.1
    }.map(\.element)
  }
}
