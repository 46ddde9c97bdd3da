internal import AuditTrail
internal import Kernel
internal import Policy
internal import Wire

/// One connection of the embedded server, as the thread of ``SessionService`` keeps it.
final class Session {
  /// Names it to other threads.
  let number: UInt64
  let id = SessionID()
  let socket: MessageSocket
  let peer: MessageSocket.Peer
  /// On the monotonic clock.
  let openedAt = MonotonicClock.now

  var progress = SessionProgress()
  var address: ClientAddress?
  /// The agent's connection counts for as long as this lives; nil before authentication.
  var presence: Presence?
  /// Whose calls these are; nil before authentication.
  var visitor: Visitor?
  /// Calls that run.
  var running = 0
  /// Something that it asked is with the clerk: until that is done, it is not heard.
  var isBusy = false
  /// The agent may no longer be there, and the session is to hear so.
  var revocation: Refusal?

  init(number: UInt64, _ socket: consuming MessageSocket, _ peer: MessageSocket.Peer) {
    self.number = number
    self.socket = socket
    self.peer = peer
  }

  /// How long it may take to say whom it serves, and to authenticate, in nanoseconds.
  private static let patience = (hello: Int64(10_000_000_000), authentication: Int64(180_000_000_000))

  /// When it is ended unless it gets further; nil once it is admitted.
  var deadline: Int64? {
    switch progress.phase {
    case .connected: openedAt + Self.patience.hello
    case .greeted: openedAt + Self.patience.authentication
    case .admitted: nil
    }
  }

  var caller: Caller {
    Caller(
      agent: presence?.agent.name, keyFingerprint: visitor?.key.fingerprint, address: address, session: id)
  }

  func end(_ cause: EndedSession.Cause) -> EndedSession {
    EndedSession(
      cause: cause, milliseconds: UInt64(max(0, MonotonicClock.now - openedAt)) / 1_000_000,
      calls: UInt64(progress.count(of: .call)))
  }

  /// Never waits for the session to read.
  func send(_ reply: SessionReply) throws(KernelError) {
    _ = try socket.descriptor.sendNow(reply.encoded()[...])
  }
}

extension EndedSession.Cause {
  init(_ end: SessionEnd) {
    self =
      switch end {
      case .clientGone: .clientGone
      case .authenticationTimeout: .authenticationTimeout
      case .tooManyAttempts: .tooManyAttempts
      case .protocolError: .protocolError
      case .idle: .idle
      case .limit: .limit
      case .revoked: .revoked("the session ended by itself")
      case .draining: .draining
      }
  }
}
