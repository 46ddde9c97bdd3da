internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// A confined session whose client is an agent: it opens channels, and each runs a call.
struct AuthenticatedSession: ~Copyable {
  private let server: AuthenticatedServer
  private let connection: ConnectionSocket
  private let links: SessionLinks
  private let broker: BrokerLink
  private let admitted: AgentAuthority.Admitted
  private var channels: [ServedChannel] = []
  private var clock: SessionClock

  /// What may wait to be written before nothing more is read, in bytes.
  private static let backlog: UInt64 = 1 << 20
  /// Of data that came past a closed window, in bytes.
  private static let mostUnread = 4 << 20

  init(
    _ server: consuming AuthenticatedServer, _ connection: ConnectionSocket, _ links: SessionLinks,
    _ broker: BrokerLink, _ admitted: AgentAuthority.Admitted
  ) {
    self.server = server
    self.connection = connection
    self.links = links
    self.broker = broker
    self.admitted = admitted
    clock = SessionClock(links.settings)
  }

  /// Why an agent's connection is over.
  private struct End {
    var cause: SessionEnd
    /// What the client is told; nil when it is not there to be told.
    var words: String?
  }

  /// Runs to the end of the connection.
  consuming func serve() -> SessionExit {
    let end = run()
    channels = []
    try? broker.send(.goodbye(end.cause))
    if let words = end.words { server.disconnect(words) }
    return .served
  }

  private mutating func run() -> End {
    while true {
      server.process()
      if server.isBroken { return End(cause: .clientGone, words: nil) }
      while let channel = server.nextChannel() { channels.append(ServedChannel(channel)) }
      let mayWrite = !server.wantsToWrite
      do throws(SecureShellError) {
        for channel in channels {
          startProgram(on: channel)
          try channel.advance(mayWrite: mayWrite)
        }
      } catch {
        return End(cause: .protocolError, words: error.message)
      }
      channels.removeAll { $0.isOver }
      if let end = waitForEvents() { return end }
    }
  }

  private func startProgram(on channel: ServedChannel) {
    guard let program = channel.takeProgram() else { return }
    let target = channel.target ?? admitted.target.name
    switch program {
    case .shell: channel.start(SessionCall(line: nil, lineLength: 0, target: target), over: broker)
    case .exec(let line, _):
      channel.start(
        SessionCall(
          line: Array(line.prefix(CallRequest.maximumLine)), lineLength: UInt32(clamping: line.count),
          target: target.map { Array($0.prefix(WireLimit.target)) }), over: broker)
    }
  }

  private func waitForEvents() -> End? {
    connection.acknowledgeAtOnce()
    var entries = [
      connection.entry(
        wantsToRead: server.wantsToRead, wantsToWrite: server.wantsToWrite, isCongested: false),
      PollEntry(links.listener.socket.descriptor, .readable),
      PollEntry(links.signals.descriptor, .readable),
      PollEntry(broker.socket.descriptor, .readable),
    ]
    for channel in channels { entries += channel.entries(whileWriting: server.wantsToWrite) }
    guard (try? poll(&entries, milliseconds: 1000)) != nil else {
      return End(cause: .protocolError, words: nil)
    }
    if !entries[3].got.isEmpty { return End(cause: .revoked, words: "revoked") }
    return nil
  }
}
