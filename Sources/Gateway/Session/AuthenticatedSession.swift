internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// A confined session whose client is an agent: it opens channels, and each runs a call.
struct AuthenticatedSession: ~Copyable {
  let server: AuthenticatedServer
  private let connection: ConnectionSocket
  private let links: SessionLinks
  private let broker: BrokerLink
  private let admitted: AgentAuthority.Admitted
  private var channels: [ServedChannel] = []
  private var clock: SessionClock
  private var closing: Closing?
  /// Standard input of calls whose channels are gone, in bytes.
  private var formerInput: UInt64 = 0

  /// Of data that came past a closed window, in bytes.
  private static let mostUnread = 4 << 20
  /// Keyhole itself could not; refused.
  private static let cannot: UInt8 = 125
  private static let refused: UInt8 = 126

  init(
    _ server: consuming AuthenticatedServer, _ connection: ConnectionSocket, _ links: SessionLinks,
    _ broker: BrokerLink, _ admitted: AgentAuthority.Admitted
  ) {
    self.server = server
    self.connection = connection
    self.links = links
    self.broker = broker
    self.admitted = admitted
    clock = SessionClock(links.settings, now: MonotonicClock.now)
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
    if let words = end.words {
      flush()
      server.disconnect(words)
    }
    return .served
  }

  private mutating func run() -> End {
    var stretch = StretchLimit(seconds: 10)
    var mayProcess = true
    var ready: [CInt] = []
    while true {
      stretch.renew()
      if mayProcess { server.process() }
      let packets = server.packetsReceived
      if server.isBroken { return End(cause: .clientGone, words: nil) }
      while let channel = server.nextChannel() { channels.append(ServedChannel(channel)) }
      if let end = advance(ready) ?? keepTime() { return end }
      // While it writes, libssh also handles what comes: that is to be looked at before waiting for more.
      if server.packetsReceived != packets {
        ready = []
        continue
      }
      guard let events = waitForEvents() else { return End(cause: .protocolError, words: nil) }
      mayProcess = events.connection
      ready = events.ready
    }
  }

  /// Does on each channel what can be done now.
  private mutating func advance(_ ready: [CInt]) -> End? {
    let mayWrite = !server.wantsToWrite
    do throws(SecureShellError) {
      for channel in channels {
        startProgram(on: channel)
        try channel.advance(mayWrite: mayWrite, ready: ready)
        if channel.unread > Self.mostUnread {
          return End(cause: .limit, words: "data was sent past the channel's window")
        }
      }
    } catch {
      return server.isBroken
        ? End(cause: .clientGone, words: nil) : End(cause: .protocolError, words: error.message)
    }
    for channel in channels where channel.isOver { formerInput += channel.inputBytes }
    channels.removeAll { $0.isOver }
    if channels.reduce(formerInput, { $0 + $1.inputBytes }) > links.settings.inputBytes {
      return End(cause: .limit, words: "more standard input was sent than one connection may")
    }
    return nil
  }

  private func startProgram(on channel: ServedChannel) {
    guard let program = channel.takeProgram() else { return }
    let line: [UInt8]?
    switch program {
    case .exec(_, isWhole: false): return channel.end(Words.notWhole, status: Self.refused)
    case .exec(let bytes, _): line = bytes
    case .shell: line = nil
    // Some clients want no answer, and would wait for ever.
    case .subsystem: return channel.end(Words.noSubsystem, status: Self.refused)
    }
    if let closing { return channel.end(closing.callWords, status: closing.callStatus) }
    let running = channels.count { $0.isRunning }
    if running >= admitted.agent.calls {
      return channel.end(Words.tooManyCalls(UInt32(running)), status: Self.cannot)
    }
    let target = channel.target ?? admitted.target.name
    channel.start(
      SessionCall(
        line: line.map { Array($0.prefix(CallRequest.maximumLine)) },
        lineLength: UInt32(clamping: line?.count ?? 0),
        target: target.map { Array($0.prefix(WireLimit.target)) }), over: broker)
  }

  /// What time alone brings about.
  private mutating func keepTime() -> End? {
    let now = MonotonicClock.now
    let isBusy = channels.contains { $0.isBusy }
    if var closing {
      defer { self.closing = closing }
      return closing.isOver(now: now, isBusy: isBusy, hasChannels: !channels.isEmpty) { closing in
        for channel in channels {
          channel.end(closing.callWords, status: closing.callStatus, patience: Closing.flushTime / 3)
        }
      } ? End(cause: closing.cause, words: closing.words) : nil
    }
    switch clock.look(now: now, packets: server.packetsReceived, isBusy: isBusy) {
    case .nothing: break
    case .keepalive: server.sendKeepalive()
    case .clientSilent: return End(cause: .idle, words: "the client does not answer")
    case .idle: return End(cause: .idle, words: "no command has run for too long")
    }
    return nil
  }

  private var deadline: Int64? {
    var times = channels.compactMap(\.deadline)
    if let closing {
      times.append(closing.next)
    } else if let next = clock.next {
      times.append(next)
    }
    return times.min()
  }

  /// What poll(2) found: whether libssh has something to do, and which descriptors of calls do.
  private struct Events {
    var connection: Bool
    var ready: [CInt]
  }

  /// nil when it cannot wait at all.
  private mutating func waitForEvents() -> Events? {
    connection.acknowledgeAtOnce()
    let isWriting = server.wantsToWrite
    var entries = [
      connection.entry(
        wantsToRead: server.wantsToRead, wantsToWrite: isWriting, isCongested: server.isCongested)
    ]
    for channel in channels { entries += channel.entries(whileWriting: isWriting) }
    let own = entries.count
    // Once the end is near, only a worse one matters: the broker's word. A hang-up would be reported without end.
    if closing == nil {
      entries.append(PollEntry(links.listener.socket.descriptor, .readable))
      entries.append(PollEntry(links.signals.descriptor, .readable))
    }
    let brokerEntry = entries.count
    if closing == nil || closing?.cause == .draining && !brokerIsGone {
      entries.append(PollEntry(broker.socket.descriptor, .readable))
    }
    let patience = deadline.map { max(0, ($0 - MonotonicClock.now) / 1_000_000 + 1) }
    guard (try? poll(&entries, milliseconds: patience.map { Int($0) })) != nil else { return nil }
    if brokerEntry < entries.count, !entries[brokerEntry].got.isEmpty { heardBroker() }
    if entries[own..<brokerEntry].contains(where: { !$0.got.isEmpty }), closing == nil {
      close(.draining(for: links.settings.drainTime, from: MonotonicClock.now))
    }
    return Events(
      connection: !entries[0].got.isEmpty,
      ready: entries[1..<own].filter { !$0.got.isEmpty }.map(\.descriptor))
  }

  private var brokerIsGone = false

  /// Outside of authentication the broker says only that the agent is revoked, or hangs up.
  private mutating func heardBroker() {
    let now = MonotonicClock.now
    if case .revoked(let reason)? = try? broker.receive() {
      close(.revoked(reason, from: now))
    } else {
      brokerIsGone = true
      close(.brokerGone(from: now))
    }
  }

  private mutating func close(_ closing: Closing) {
    self.closing = closing
    server.refuseChannels()
  }

  /// Lets what waits leave, for a moment.
  private func flush() {
    let deadline = MonotonicClock.now + Closing.flushTime
    while server.wantsToWrite && !server.isBroken && connection.takesMore(until: deadline) {
      server.process()
    }
  }
}
