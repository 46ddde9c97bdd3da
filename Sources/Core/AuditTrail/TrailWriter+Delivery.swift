/// One record, from the state that says it is sent to the state that says what became of it.
extension TrailWriter {
  /// Writes a record of this module, whose text always has room.
  mutating func deliver(
    _ record: AuditRecord, on base: TrailHead? = nil, isProbe: Bool = false
  ) -> Delivery {
    do throws(AuditError) {
      return deliver(record, try record.text(executable: executable), on: base, isProbe: isProbe)
    } catch {
      return .notSent(error)
    }
  }

  /// Writes the end of a call, and frees its slot when it may be in the trail.
  mutating func deliver(_ end: AuditRecord, in slot: Int) -> Delivery {
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
  mutating func deliver(
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
  mutating func put(_ head: TrailHead) {
    var head = head
    head.missed = trouble?.missed ?? 0
    head.troubleSince = trouble?.since ?? 0
    state.set(head)
    flusher?.changed()
  }

  mutating func release(_ slot: Int) {
    state.release(slot)
    flusher?.changed()
  }
}
