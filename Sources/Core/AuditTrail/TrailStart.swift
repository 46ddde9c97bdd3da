internal import AuditSchema

/// What a start record says of the trail before it, and what is to be closed: worked out from the state that was found.
struct TrailStart: Equatable, Sendable {
  /// Of the boot that begins or goes on.
  let boot: String
  /// How what came before ended.
  let after: AuditWord
  /// Calls that are closed now.
  let open: Int
  /// Numbers of the boot before where the machine was booted, of this one otherwise.
  let unsure: ClosedRange<UInt64>?
  /// The chain value that the start record follows.
  let previous: RecordChain

  /// The state to begin with. `found` is as it was read; nil where there was none.
  static func begin(_ found: TrailHead?, boot: String, open: Int) -> (start: TrailStart, head: TrailHead) {
    guard let head = found?.settled else {
      return (
        TrailStart(boot: boot, after: .first, open: open, unsure: nil, previous: .none), TrailHead(boot: boot)
      )
    }
    let isSameBoot = head.boot == boot
    var next = head
    if !isSameBoot {
      next = TrailHead(boot: boot)
      next.chain = head.chain
      next.missed = head.missed
      next.troubleSince = head.troubleSince
    }
    next.isStopped = false
    return (
      TrailStart(
        boot: boot, after: head.isStopped ? .stop : isSameBoot ? .crash : .boot, open: open,
        unsure: head.unsure, previous: head.chain),
      next
    )
  }
}

extension HeldCall {
  /// What a start makes of a call that the state has.
  enum Fate: Equatable, Sendable {
    /// Its decision was never sent, or its end is in the trail: there is nothing to say.
    case forgotten
    /// It gets an end that says this.
    case closed(String)
  }

  /// `head` is as it was read, before it was settled.
  func fate(_ head: TrailHead, isSameBoot: Bool) -> Fate {
    guard isSameBoot else {
      return .closed("the machine went down before the end of the call was recorded")
    }
    switch phase {
    case .deciding:
      if decision > head.number, head.pending == nil { return .forgotten }
      return .closed("the broker ended while the call was being judged, and it never ran")
    case .running:
      return .closed("the broker ended while the call ran, and the call was killed with it")
    case .ending:
      if end != 0, end <= head.number { return .forgotten }
      return .closed(
        head.pending != nil && end == head.number + 1
          ? "the call had ended when the broker did; its end may be recorded already"
          : "the call had ended when the broker did, before its end was recorded")
    }
  }

  /// The end that it gets at a start. Only where the broker alone went down does the clock say how long it lasted.
  func lostEnd(_ reason: String, isSameBoot: Bool, now: Int64) -> AuditRecord {
    .end(
      call: call, caller: caller,
      EndedCall(
        cause: .lost(reason), status: 125,
        milliseconds: isSameBoot ? UInt64(max(0, now - start)) / 1_000_000 : 0, bytesOut: 0, refusals: 0))
  }
}
