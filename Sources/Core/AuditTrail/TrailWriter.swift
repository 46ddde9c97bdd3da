internal import AuditSchema
internal import Kernel

/// Writes records one after the other, each with its number and chain value, and keeps the state that outlives the broker.
///
/// ``AuditTrail`` calls one function at a time. The order in each: the state says what is about to be sent, it is sent, the
/// state says what came of it.
struct TrailWriter: ~Copyable {
  /// What became of a record.
  enum Delivery {
    case written
    /// It never reached the kernel, and its number is free.
    case notSent(AuditError)
    /// It may be in the trail, and keeps its number.
    case uncertain(AuditError)
  }

  /// An end that waits until the trail can be written, with the slot of its call.
  struct DueEnd {
    let slot: Int
    let record: AuditRecord
  }

  /// Why the trail could not be written, until a record tells of it.
  struct Trouble {
    /// Nanoseconds since 1970.
    var since: Int64
    var missed: UInt64
    var reason: String?
  }

  /// The clocks, in nanoseconds: one that never goes back, and the time since 1970.
  struct Clock: Sendable {
    var monotonic: @Sendable () -> Int64 = { MonotonicClock.now }
    var wall: @Sendable () -> Int64 = { MonotonicClock.wallClock }
  }

  let link: any AuditLink
  let executable: [UInt8]
  let unit: AuditToken
  let boot: String
  let clock: Clock
  var state: TrailState
  let flusher: StateFlusher?
  var watch: TrailWatch
  var trouble: Trouble?
  /// The start that has not been recorded yet.
  var opening: (policy: AuditToken?, start: TrailStart, head: TrailHead)?
  var ends: [DueEnd] = []
  var isClosed = false

  /// How long a record may take to come out of the kernel, in milliseconds.
  static let confirmationPatience = 1500

  init(
    link: any AuditLink, executable: [UInt8], unit: AuditToken, boot: String, state: consuming TrailState,
    flusher: StateFlusher?, watch: TrailWatch, clock: Clock = Clock()
  ) {
    self.link = link
    self.executable = executable
    self.unit = unit
    self.boot = boot
    self.clock = clock
    self.flusher = flusher
    self.watch = watch
    if state.head.missed > 0 {
      trouble = Trouble(since: state.head.troubleSince, missed: state.head.missed)
    }
    if case .damaged(let name) = state.finding {
      trouble = Trouble(
        since: clock.wall(), missed: 0, reason: "the state file was damaged, and is kept as \(name)")
    }
    self.state = state
  }

  /// What is to be told of the state that was found; nil when there is nothing.
  var finding: String? {
    if case .damaged(let name) = state.finding {
      return "the state of the audit trail was damaged, and is kept as \(name): its numbers begin again"
    }
    return nil
  }

  /// Whether something waits until the trail can be written.
  var isBehind: Bool { opening != nil || trouble != nil || state.head.unsure != nil || !ends.isEmpty }

  func status() throws(AuditError) -> AuditStatus { try link.status() }

  func flush() throws(KernelError) { try flusher?.flush() }
}

// MARK: What the broker does

extension TrailWriter {
  /// Begins: the start record, and an end for each call that the state has. What cannot be written now is written before
  /// any other record.
  mutating func begin(policy: AuditToken?) -> AuditError? {
    let found = state.head
    let isSameBoot = found.boot == boot
    let now = clock.wall()
    for index in state.slots.indices {
      guard let call = state.slots[index] else { continue }
      switch call.fate(found, isSameBoot: isSameBoot) {
      case .forgotten: release(index)
      case .closed(let reason):
        ends.append(DueEnd(slot: index, record: call.lostEnd(reason, isSameBoot: isSameBoot, now: now)))
      }
    }
    let (start, head) = TrailStart.begin(state.isNew ? nil : found, boot: boot, open: ends.count)
    opening = (policy, start, head)
    return noted(catchUp(), isMissed: false)
  }

  /// Writes a record that belongs to no open call, or to a refused one.
  mutating func write(_ record: AuditRecord) throws(AuditError) {
    let own = try record.text(executable: executable)
    if let error = noted(prepare(), isMissed: true) { throw error }
    switch deliver(record, own) {
    case .written: break
    case .notSent(let error):
      noted(error, isMissed: true)
      throw error
    case .uncertain(let error):
      noted(error, isMissed: false)
      throw error
    }
  }

  /// Writes a decision that allows a call, and gives the slot of the call.
  mutating func open(_ decision: Decision) throws(AuditError) -> Int {
    let record = AuditRecord.allowed(decision)
    let own = try record.text(executable: executable)
    if let error = noted(prepare(), isMissed: true) { throw error }
    let held = HeldCall(
      call: decision.call, caller: decision.caller, start: clock.wall(), phase: .deciding,
      decision: state.head.number + 1)
    guard let slot = state.hold(held) else {
      let error = AuditError.endsOutstanding(calls: state.slots.count)
      noted(error, isMissed: true)
      throw error
    }
    switch deliver(record, own) {
    case .written: return slot
    case .notSent(let error):
      release(slot)
      noted(error, isMissed: true)
      throw error
    case .uncertain(let error):
      // The decision may be in the trail, so that the call needs an end.
      let reason = "whether its decision was recorded is not certain, and it never ran"
      let end = EndedCall(cause: .lost(reason), status: 125, milliseconds: 0, bytesOut: 0, refusals: 0)
      ends.append(
        DueEnd(slot: slot, record: .end(call: decision.call, caller: decision.caller, end)))
      noted(error, isMissed: false)
      throw error
    }
  }

  /// Notes that a call may run now.
  mutating func run(_ slot: Int) {
    state.advance(slot, to: .running)
    flusher?.changed()
  }

  /// Writes the end of a call and frees its slot; or keeps the end until the trail can be written.
  mutating func end(_ slot: Int, _ record: AuditRecord) throws(AuditError) {
    if let error = noted(prepare(), isMissed: false) {
      state.advance(slot, to: .ending, end: 0)
      ends.append(DueEnd(slot: slot, record: record))
      throw error
    }
    switch deliver(record, in: slot) {
    case .written: break
    case .notSent(let error):
      ends.append(DueEnd(slot: slot, record: record))
      noted(error, isMissed: false)
      throw error
    case .uncertain(let error):
      noted(error, isMissed: false)
      throw error
    }
  }

  /// Writes what waits, if the trail can be written again.
  mutating func catchUpNow() {
    guard isBehind, !isClosed else { return }
    noted(prepare(), isMissed: false)
  }

  /// The last record.
  mutating func close(error reason: String?) throws(AuditError) {
    let record = AuditRecord.serviceStopped(unit: unit, error: reason)
    let number = state.head.number
    defer {
      isClosed = true
      // Also when the record is one of those of which it is not certain: the next start names it.
      if state.head.number > number {
        var head = state.head
        head.isStopped = true
        put(head)
      }
    }
    try write(record)
  }
}
