internal import Synchronization

/// A call whose decision to allow it is in the audit trail, and whose end is not. It gets an end in any case: when its owner
/// forgets it, one that says so.
public final class OpenCall: Sendable {
  public let id: CallID
  public let caller: Caller
  private let trail: AuditTrail
  /// nil when nothing is recorded by configuration.
  private let slot: Int?
  private let isEnded = Atomic(false)

  init(_ decision: Decision, in trail: AuditTrail, slot: Int?) {
    id = decision.call
    caller = decision.caller
    self.trail = trail
    self.slot = slot
  }

  /// Returns when the end is in the trail. When it cannot be written now, it is written as soon as it can be, and this throws
  /// why. Does nothing the second time.
  public func end(_ end: EndedCall) throws(AuditError) {
    guard !isEnded.exchange(true, ordering: .acquiringAndReleasing), let slot else { return }
    try trail.end(slot, .end(call: id, caller: caller, end))
  }

  fileprivate func run() {
    if let slot { trail.run(slot) }
  }

  deinit {
    try? end(
      EndedCall(
        cause: .failed("the broker lost track of the call"), status: 125, milliseconds: 0, bytesOut: 0,
        refusals: 0))
  }
}

/// Proof that the decision to allow a call is in the audit trail: what runs a call demands one.
///
/// Only ``AuditTrail/recordDecision(_:)`` makes it, and it cannot be copied, so that one record allows one run.
public struct RecordedDecision: ~Copyable, Sendable {
  public let call: OpenCall

  init(_ call: OpenCall) { self.call = call }

  /// Gives the proof away: from now on the call may run.
  public consuming func begin() -> OpenCall {
    call.run()
    return call
  }
}
