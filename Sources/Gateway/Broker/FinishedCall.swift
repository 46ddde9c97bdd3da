internal import AuditTrail
internal import Policy
internal import Wire

/// How a call ended, for the caller and for the record.
struct FinishedCall {
  var cause: EndedCall.Cause
  /// The exit status for the client: docs/architecture.md lists them.
  var status: UInt8
  /// Keyhole's own words to the caller.
  var messages: [String] = []
  var bytesOut: UInt64 = 0
  var refusals: UInt32 = 0
  /// When the sandbox began to run the line and when it had ended, on the monotonic clock; nil when it never did.
  var ran: ClosedRange<Int64>?

  static func impossible(_ reason: String) -> FinishedCall {
    FinishedCall(
      cause: .failed(reason), status: 125,
      messages: [reason, "hint: an administrator sees more with `keyhole doctor`"])
  }

  /// The agent may no longer be there.
  static func revoked(_ refusal: Refusal) -> FinishedCall {
    FinishedCall(
      cause: .revoked(refusal.reason), status: 126, messages: CallFailure.refused(refusal).messages)
  }

  static let clientGone = FinishedCall(cause: .clientGone, status: 125)

  /// From what keyhole-exec reported last.
  init(_ end: CallEnd, limits: CallLimits) {
    bytesOut = end.bytesOut
    refusals = end.refusals
    switch end.cause {
    case .exited(let status):
      (cause, self.status) = (.exited, status)
    case .signaled(let number):
      (cause, self.status) = (.signaled, 128 &+ number)
      if number != 13 { messages = ["the command was ended by signal \(number)"] }
    case .timedOut:
      (cause, self.status) = (.timedOut, 124)
      messages = [
        "timed out after \(Double(limits.time) / 1000) seconds",
        "hint: ask for less, such as fewer lines or a narrower path",
      ]
    case .outputLimit:
      (cause, self.status) = (.outputLimit, 125)
      messages = [
        "the output was cut after \(limits.output) bytes",
        "hint: narrow it, such as with `| head` or `| grep`",
      ]
    case .failed(let reason):
      self = .impossible(reason)
      bytesOut = end.bytesOut
      refusals = end.refusals
    case .refused(let reason):
      (cause, self.status) = (.refused(reason), 126)
      messages = [reason]
    }
    if refusals > CallEvent.toldRefusals {
      messages.insert("refused \(refusals) accesses in all", at: 0)
    }
  }

  init(cause: EndedCall.Cause, status: UInt8, messages: [String] = []) {
    self.cause = cause
    self.status = status
    self.messages = messages
  }
}
