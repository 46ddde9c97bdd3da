/// Before a record: what waits until the trail can be written.
extension TrailWriter {
  /// Why no other record can be written now; nil when what had to come first is in the trail.
  mutating func prepare() -> AuditError? {
    if isClosed { return .stopped }
    return watch.holdOff(now: clock.monotonic()) ?? catchUp()
  }

  /// Writes what waits, in order: the start, what went wrong, and the ends.
  mutating func catchUp() -> AuditError? {
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
  mutating func noted(_ error: AuditError?, isMissed: Bool) -> AuditError? {
    guard let error, error != .stopped else { return error }
    var trouble = trouble ?? Trouble(since: clock.wall(), missed: 0, reason: error.message)
    if trouble.reason == nil { trouble.reason = error.message }
    if isMissed { trouble.missed += 1 }
    self.trouble = trouble
    if !state.isNew { put(state.head) }
    return error
  }
}
