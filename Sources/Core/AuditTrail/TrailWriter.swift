internal import AuditSchema
internal import Kernel

/// Writes records one after the other, each with its number and chain value, and keeps the state that outlives the broker.
///
/// ``AuditTrail`` calls one function at a time. The order in each: the state says what is about to be sent, it is sent, the
/// state says what came of it.
struct TrailWriter: ~Copyable {
  /// What became of a record.
  private enum Delivery {
    case written
    /// It never reached the kernel, and its number is free.
    case notSent(AuditError)
    /// It may be in the trail, and keeps its number.
    case uncertain(AuditError)
  }

  /// An end that waits until the trail can be written, with the slot of its call.
  private struct DueEnd {
    let slot: Int
    let record: AuditRecord
  }

  /// Why the trail could not be written, until a record tells of it.
  private struct Trouble {
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

  private let link: any AuditLink
  private let executable: [UInt8]
  private let unit: AuditToken
  private let boot: String
  private let clock: Clock
  private var state: TrailState
  private let flusher: StateFlusher?
  private var watch: TrailWatch
  private var trouble: Trouble?
  /// The start that has not been recorded yet.
  private var opening: (policy: AuditToken?, start: TrailStart, head: TrailHead)?
  private var ends: [DueEnd] = []
  private var isClosed = false

  /// How long a record may take to come out of the kernel, in milliseconds.
  private static let confirmationPatience = 1500

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

// MARK: Before a record

extension TrailWriter {
  /// Why no other record can be written now; nil when what had to come first is in the trail.
  private mutating func prepare() -> AuditError? {
    if isClosed { return .stopped }
    return watch.holdOff(now: clock.monotonic()) ?? catchUp()
  }

  /// Writes what waits, in order: the start, what went wrong, and the ends.
  private mutating func catchUp() -> AuditError? {
    if let error = writeOpening() ?? writeTrouble() { return error }
    while let due = ends.first {
      switch deliver(due.record, in: due.slot) {
      case .written: ends.removeFirst()
      case .notSent(let error): return error
      case .uncertain(let error):
        ends.removeFirst()
        return error
      }
    }
    return nil
  }

  private mutating func writeOpening() -> AuditError? {
    guard let opening else { return nil }
    let record = AuditRecord.serviceStarted(unit: unit, policy: opening.policy, opening.start)
    switch deliver(record, on: opening.head) {
    case .notSent(let error): return error
    case .uncertain(let error):
      self.opening = nil
      return error
    case .written:
      self.opening = nil
      var head = state.head
      head.unsure = nil
      put(head)
      return nil
    }
  }

  private mutating func writeTrouble() -> AuditError? {
    guard trouble != nil || state.head.unsure != nil else { return nil }
    let now = clock.wall()
    let record = AuditRecord.auditTrouble(
      unit: unit, missed: trouble?.missed ?? 0,
      milliseconds: UInt64(max(0, now - (trouble?.since ?? now))) / 1_000_000, unsure: state.head.unsure,
      reason: trouble?.reason)
    switch deliver(record, isProbe: true) {
    case .notSent(let error), .uncertain(let error): return error
    case .written:
      trouble = nil
      var head = state.head
      head.unsure = nil
      put(head)
      return nil
    }
  }

  /// Keeps in mind that the trail could not be written.
  @discardableResult
  private mutating func noted(_ error: AuditError?, isMissed: Bool) -> AuditError? {
    guard let error, error != .stopped else { return error }
    var trouble = trouble ?? Trouble(since: clock.wall(), missed: 0, reason: error.message)
    if trouble.reason == nil { trouble.reason = error.message }
    if isMissed { trouble.missed += 1 }
    self.trouble = trouble
    if !state.isNew { put(state.head) }
    return error
  }
}

// MARK: One record

extension TrailWriter {
  /// Writes a record of this module, whose text always has room.
  private mutating func deliver(
    _ record: AuditRecord, on base: TrailHead? = nil, isProbe: Bool = false
  ) -> Delivery {
    do throws(AuditError) {
      return deliver(record, try record.text(executable: executable), on: base, isProbe: isProbe)
    } catch {
      return .notSent(error)
    }
  }

  /// Writes the end of a call, and frees its slot when it may be in the trail.
  private mutating func deliver(_ end: AuditRecord, in slot: Int) -> Delivery {
    state.advance(slot, to: .ending, end: state.head.number + 1)
    let delivery = deliver(end)
    if case .notSent = delivery {
      // The number goes to another record.
      state.advance(slot, to: .ending, end: 0)
    } else {
      release(slot)
    }
    return delivery
  }

  /// `base` is the state to count from, when it is not the one in force. A probe may go to a daemon that does not write, and
  /// is uncertain then.
  private mutating func deliver(
    _ record: AuditRecord, _ own: String, on base: TrailHead? = nil, isProbe: Bool = false
  ) -> Delivery {
    let isSilent: Bool
    let before: AuditStatus
    do throws(AuditError) {
      (before, isSilent) = try watch.look(through: link, now: clock.monotonic(), isProbe: isProbe)
    } catch {
      watch.failed(error, now: clock.monotonic())
      return .notSent(error)
    }
    let found = state.head
    var head = base ?? found
    let (text, chain) = record.numbered(own, head.number + 1, after: head.chain)
    head.pending = chain
    put(head)
    var delivery = transmit(record, text, before)
    if case .written = delivery, isSilent { delivery = .uncertain(watch.silence) }
    switch delivery {
    case .written:
      head.number += 1
      head.chain = chain
      head.pending = nil
      put(head)
      watch.sent(now: clock.monotonic())
    case .notSent: put(found)
    case .uncertain(let error):
      put(head.settled)
      watch.failed(error, now: clock.monotonic())
    }
    return delivery
  }

  private func transmit(_ record: AuditRecord, _ text: String, _ before: AuditStatus) -> Delivery {
    if watch.demands.confirmation { link.forgetEmitted() }
    do throws(AuditError) {
      try link.send(record, text: text)
    } catch {
      return error.isCertain ? .notSent(error) : .uncertain(error)
    }
    do throws(AuditError) {
      // It also acknowledges a record for which the backlog has no room, and one sent just after audit was disabled.
      let after = try link.status()
      guard after.isEnabled else { return .uncertain(.disabled) }
      guard after.lost == before.lost else { return .uncertain(.lost(records: after.lost &- before.lost)) }
    } catch {
      return .uncertain(error)
    }
    guard watch.demands.confirmation else { return .written }
    let isSeen = link.hasEmitted(
      record.type, containing: text, milliseconds: Self.confirmationPatience)
    return isSeen ? .written : .uncertain(.notConfirmed)
  }

  /// Stores where the chain stands, and what is to be told.
  private mutating func put(_ head: TrailHead) {
    var head = head
    head.missed = trouble?.missed ?? 0
    head.troubleSince = trouble?.since ?? 0
    state.set(head)
    flusher?.changed()
  }

  private mutating func release(_ slot: Int) {
    state.release(slot)
    flusher?.changed()
  }
}
