internal import AuditTrail
internal import Kernel
internal import Policy
internal import Wire

/// Why a call is not even judged.
struct TurnedAway: Sendable {
  let rule: String
  let reason: String
  let hint: String
  /// As the client is told.
  let status: UInt8

  init(rule: String, reason: String, hint: String, status: UInt8 = 125) {
    self.rule = rule
    self.reason = reason
    self.hint = hint
    self.status = status
  }

  /// By the agent's own limit.
  init(_ refusal: Refusal) {
    self.init(rule: refusal.rule, reason: refusal.reason, hint: refusal.hint, status: 126)
  }

  static func calls(_ reason: String) -> TurnedAway {
    TurnedAway(rule: "calls", reason: reason, hint: "try again in a moment")
  }

  static func noPlace(of slots: CallSlots) -> TurnedAway {
    .calls("\(slots.count) calls are running already, and that is the limit")
  }

  static let notPeer = TurnedAway(
    rule: "peers", reason: "this user may not call the broker", hint: "agents call through ssh")
}

extension BrokerServices {
  /// Records that a call is turned away, and answers it. Waits for the audit trail, not for the front. `call` is nil when it
  /// was not read.
  func turnAway(
    _ front: borrowing MessageSocket, _ caller: Caller, _ call: SessionCall?, _ cause: TurnedAway
  ) {
    let decision = Decision(
      call: CallID(), caller: caller, line: call?.line, lineLength: call.map { Int($0.lineLength) },
      rules: [cause.rule], policy: policy.current.token)
    announce(.refused(decision, reason: cause.reason))
    let reply = CallReply(status: cause.status, messages: [cause.reason, "hint: \(cause.hint)"])
    // A front that does not listen is no reason to wait.
    _ = try? front.descriptor.sendNow(reply.encoded()[...])
  }
}
