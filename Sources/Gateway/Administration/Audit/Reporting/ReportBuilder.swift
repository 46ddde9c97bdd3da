internal import AuditReading
internal import AuditSchema

/// Adds up calls and other records as they come, in any order and in bounded memory: each table has a fixed number of
/// keys, and what is left out is counted.
struct ReportBuilder {
  static let mostAgents = 2_000
  static let mostKinds = 10_000
  static let mostEvents = 2_000

  let period: ReportPeriod
  private var calendar = LocalCalendar()
  private var shapes: [[UInt8]: LineShape] = [:]

  private(set) var tally = CallTally()
  private(set) var agents: [String?: AgentRecord] = [:]
  /// Calls of agents for which there was no room.
  private(set) var agentsLeftOut = 0
  private(set) var commands = BoundedTable<String, CommandUse>(capacity: mostKinds) { $0.tally.calls }
  private(set) var lines = BoundedTable<String, CommandUse>(capacity: mostKinds) { $0.tally.calls }
  private(set) var refusals = BoundedTable<RefusalKind, RefusalUse>(capacity: mostKinds) { $0.count }
  private(set) var accesses = BoundedTable<AccessKind, AccessUse>(capacity: mostKinds) { $0.count }
  private(set) var machines = BoundedTable<String?, CallTally>(capacity: 1_000) { $0.calls }
  private(set) var hosts = BoundedTable<String?, CallTally>(capacity: 1_000) { $0.calls }
  /// By hour, as ``LocalCalendar/hour(of:)`` counts them.
  private(set) var hours = BoundedTable<Int, OutcomeCounts>(capacity: 100_000) { $0.calls }
  private(set) var week = [Int](repeating: 0, count: 168)
  private(set) var sessions = SessionTally()
  private(set) var events = NewestEvents<ReportEvent>(capacity: mostEvents) { $0.time }
  private(set) var eventCounts: [ReportEvent.Kind: Int] = [:]
  private(set) var newest: NewestEvents<ReportedCall>
  /// Of all that was read, in milliseconds since 1970.
  private(set) var firstRecord: Int64?
  private(set) var lastRecord: Int64?
  private(set) var records = 0
  private(set) var baseline = Baseline()

  /// `newestCalls` are kept one by one.
  init(period: ReportPeriod, newestCalls: Int) {
    self.period = period
    newest = NewestEvents(capacity: newestCalls) { $0.call.time }
  }

  /// Takes a record of any kind. Those of calls are only counted: their call comes through ``add(_:)-call``.
  mutating func add(_ entry: AuditEntry) {
    records += 1
    firstRecord = min(firstRecord ?? entry.time, entry.time)
    lastRecord = max(lastRecord ?? entry.time, entry.time)
    let place = period.place(of: entry.time)
    switch entry.operation {
    case .decision, .end, .refusedOpen, .refusedConnect, .refusedWrite: return
    case .authentication: if place == .inside { sessions.addAuthentication(entry) }
    case .sessionEnd: if place == .inside { sessions.addEnd(entry) }
    default:
      guard place == .inside, let event = ReportEvent(entry) else { return }
      eventCounts[event.kind, default: 0] += 1
      events.add(event)
    }
  }

  /// Takes the decision of a call from before the period.
  mutating func addBefore(decision entry: AuditEntry) {
    let sight = CallSight(
      time: entry.time, key: entry.key, address: entry.address, shape: shape(of: entry.bytes(.cmd)))
    record(of: entry.agent)?.note(sight, hour: calendar.hour(of: entry.time), .baseline)
    baseline.add(entry.time)
  }

  /// Takes a call, whole or without an end. It belongs to the time of its first record, and counts if that is in the period.
  mutating func add(_ call: AuditedCall) {
    guard period.place(of: call.time) == .inside else { return }
    let outcome = CallOutcome(of: call)
    let shape = call.verdict == nil ? nil : shape(of: call.line)
    let hour = calendar.hour(of: call.time)
    let agent = record(of: call.agent)
    agent?.note(
      CallSight(time: call.time, key: call.key, address: call.address, shape: shape), hour: hour, .inside)
    agent?.add(call, outcome)
    tally.add(call, outcome)
    hours.update(hour, from: OutcomeCounts()) { $0.add(outcome) }
    week[LocalCalendar.hourOfWeek(hour)] += 1
    machines.update(call.vm, from: CallTally()) { $0.add(call, outcome) }
    hosts.update(call.host, from: CallTally()) { $0.add(call, outcome) }
    if let shape {
      for command in shape.commands {
        commands.update(command, from: CommandUse()) { $0.add(call, outcome) }
      }
      lines.update(shape.text, from: CommandUse()) { $0.add(call, outcome) }
    }
    if outcome == .refused {
      let kind = RefusalKind(
        rule: call.rules.joined(separator: ":"), reason: call.reason ?? "",
        command: shape?.commands.joined(separator: ", ") ?? "")
      refusals.update(kind, from: RefusalUse()) { $0.add(call) }
    }
    for access in call.accesses {
      let kind = AccessKind(
        kind: access.kind, name: String(decoding: access.name, as: UTF8.self), reason: access.reason ?? "")
      accesses.update(kind, from: AccessUse()) { $0.add(call, access) }
    }
    newest.add(ReportedCall(call: call, outcome: outcome))
  }

  private mutating func record(of agent: String?) -> AgentRecord? {
    if let known = agents[agent] { return known }
    guard agents.count < Self.mostAgents else {
      agentsLeftOut += 1
      return nil
    }
    let new = AgentRecord(name: agent)
    agents[agent] = new
    return new
  }

  /// Lines come again and again: their shapes are kept for a while.
  private mutating func shape(of line: [UInt8]?) -> LineShape {
    guard let line else { return .shell }
    if let known = shapes[line] { return known }
    let shape = LineShape(line)
    if shapes.count >= Self.mostKinds { shapes.removeAll(keepingCapacity: true) }
    shapes[line] = shape
    return shape
  }
}
