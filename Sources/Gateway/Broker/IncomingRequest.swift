internal import AuditTrail
internal import Kernel
internal import Wire

/// A request with the three streams that came with it.
struct IncomingRequest: ~Copyable, Sendable {
  /// Who makes it, by the word of a front.
  enum Claim: Sendable {
    /// What sshd said of the connection and of the authentication.
    case openSSH(connection: [UInt8], authentication: [UInt8])
    case session(Visitor, SessionID)
  }

  let call: SessionCall
  let claim: Claim
  var message: ReceivedMessage
}

/// A call, and who makes it.
struct IdentifiedCall: Sendable {
  let id = CallID()
  let request: SessionCall
  let caller: Caller
  let force: PolicyInForce
  /// On the monotonic clock, in nanoseconds.
  let start: Int64

  func decision(rules: [String]) -> Decision {
    Decision(
      call: id, caller: caller, line: request.line, lineLength: Int(request.lineLength), rules: rules,
      policy: force.token)
  }
}
