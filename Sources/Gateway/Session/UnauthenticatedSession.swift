internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// A confined session whose client is nobody yet: keys are exchanged, and the client authenticates.
struct UnauthenticatedSession: ~Copyable {
  private var server: UnauthenticatedServer
  private let connection: ConnectionSocket
  private let links: SessionLinks
  private let authority: AgentAuthority
  private let deadline: Int64

  /// What a client may send before it is somebody: key exchange and the longest list of keys take a tenth of it.
  private static let byteBudget: UInt64 = 1 << 20
  private static let packetBudget: UInt64 = 1000

  init(
    _ server: consuming UnauthenticatedServer, _ connection: CInt, _ links: SessionLinks,
    _ authority: AgentAuthority, _ deadline: Int64
  ) {
    self.server = server
    self.connection = ConnectionSocket(number: connection)
    self.links = links
    self.authority = authority
    self.deadline = deadline
  }

  /// Why a connection is over whose client was nobody.
  private struct End {
    var exit: SessionExit
    var cause: SessionEnd
    /// What the client is told; nil when it is not there to be told.
    var words: String?
  }

  /// Runs until the client is somebody, or the connection is over.
  consuming func authenticate() -> AuthenticationEnd {
    if let end = wait() {
      if let broker = links.broker { try? broker.send(.goodbye(end.cause)) }
      if let words = end.words {
        flush()
        server.disconnect(words)
      }
      return .ended(end.exit)
    }
    guard let admitted = authority.admitted, let broker = links.broker,
      let server = server.authenticated()
    else { return .ended(.failed) }
    links.listener.tell(.authenticated)
    return .admitted(AuthenticatedSession(server, connection, links, broker, admitted))
  }

  /// nil when the client has authenticated.
  private mutating func wait() -> End? {
    var stretch = StretchLimit(seconds: 10)
    var mayStep = true
    while true {
      stretch.renew()
      if mayStep {
        switch server.step() {
        case .authenticated: return nil
        case .ended: return left()
        case .exchangingKeys, .authenticating: break
        }
      }
      if let end = overLimit() { return end }
      let left = deadline - MonotonicClock.now
      if left <= 0 {
        return End(exit: .timedOut, cause: .authenticationTimeout, words: "not authenticated in time")
      }
      if let end = waitForEvents(milliseconds: Int(left / 1_000_000) + 1, &mayStep) { return end }
    }
  }

  private func waitForEvents(milliseconds: Int, _ mayStep: inout Bool) -> End? {
    connection.acknowledgeAtOnce()
    var entries = [
      connection.entry(
        wantsToRead: server.wantsToRead, wantsToWrite: server.wantsToWrite, isCongested: server.isCongested),
      PollEntry(links.listener.socket.descriptor, .readable),
      PollEntry(links.signals.descriptor, .readable),
    ]
    if let broker = links.broker { entries.append(PollEntry(broker.socket.descriptor, .readable)) }
    guard (try? poll(&entries, milliseconds: milliseconds)) != nil else {
      return End(exit: .failed, cause: .protocolError, words: nil)
    }
    mayStep = !entries[0].got.isEmpty
    if !entries[1].got.isEmpty || !entries[2].got.isEmpty {
      return End(exit: .leftEarly, cause: .draining, words: "the server stops")
    }
    // Between requests the broker has nothing to say but that it goes.
    if entries.count > 3, !entries[3].got.isEmpty { return brokerGone }
    return nil
  }

  /// Lets what waits leave, for a moment: a banner, and then the reason.
  private mutating func flush() {
    let deadline = MonotonicClock.now + Closing.flushTime
    while server.wantsToWrite && connection.takesMore(until: deadline) {
      if case .ended = server.step() { return }
    }
  }

  private var brokerGone: End {
    End(exit: .failed, cause: .clientGone, words: "the broker cannot be reached")
  }

  private func overLimit() -> End? {
    if authority.brokerIsGone { return brokerGone }
    if authority.failures >= links.settings.authenticationAttempts {
      return End(exit: .notAccepted, cause: .tooManyAttempts, words: "too many attempts to authenticate")
    }
    if server.unansweredRequests > 0 {
      links.listener.tell(.attemptFailed)
      server.show(Words.shown(Words.unusableKey))
      return End(exit: .notAccepted, cause: .protocolError, words: "this key or its signature cannot be used")
    }
    if server.askedForOtherService {
      return End(exit: .protocolError, cause: .protocolError, words: "there is no such service")
    }
    if server.bytesReceived > Self.byteBudget || server.packetsReceived > Self.packetBudget {
      return End(exit: .protocolError, cause: .limit, words: "too much was sent before authentication")
    }
    return nil
  }

  /// libssh says of a client that leaves that the socket is disconnected, and of one that says goodbye what it said.
  private func left() -> End {
    if authority.brokerIsGone { return brokerGone }
    if authority.hasTriedKeys || authority.failures > 0 {
      return End(exit: .notAccepted, cause: .clientGone, words: nil)
    }
    let wentAway = server.reason.contains("disconnected") || server.reason.contains("SSH_MSG_DISCONNECT")
    return wentAway
      ? End(exit: .leftEarly, cause: .clientGone, words: nil)
      : End(exit: .protocolError, cause: .protocolError, words: nil)
  }
}
