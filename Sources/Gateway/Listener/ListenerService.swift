internal import Glibc
internal import InternetAddresses
internal import Kernel
internal import ListenerSettings
internal import Logging
internal import Wire

/// keyhole-sshd: accepts connections, gives each a keyhole-session of its own, and never reads a byte from a client.
///
/// One thread and one loop around poll(2): there is nothing here that takes long.
final class ListenerService {
  private let file: String
  private var log: Logger
  private let signals: SignalDescriptor
  private var configuration: ListenerConfiguration
  private var places: [ListeningPlace]
  private var supplies: SessionSupplies
  private var pool = SessionPool()
  private var sessions: [OpenSession] = []
  private var gate: AdmissionGate
  private var turnedAway = TurnedAwayLog()
  /// Until then nothing is accepted: what accept(2) lacked takes a moment to come.
  private var acceptingFrom: Int64 = 0
  /// Until then nothing more is said of that.
  private var complainingFrom: Int64 = 0

  init(_ configuration: ListenerConfiguration, file: String) throws {
    self.file = file
    self.configuration = configuration
    SignalDescriptor.ignoreBrokenPipes()
    signals = try SignalDescriptor([.hangUp, .terminate, .interrupt])
    log = Logger(label: "keyhole-sshd") { StreamLogHandler.standardError(label: $0) }
    log.logLevel = Logger.Level(rawValue: configuration.log) ?? .info
    // As root, while this still is root's.
    places = try ListeningPlaces.open(configuration)
    try ServerIdentity.assume(configuration)
    gate = AdmissionGate(limits: configuration.limits, penalties: configuration.penalties)
    let keys = try HostKeySet.loadOrMake(configuration.hostKeys, log: log)
    supplies = try SessionSupplies(configuration, hostKeys: keys)
  }

  // MARK: Serving

  /// Returns when it was told to stop and every session has ended.
  func serve() throws {
    try makeRoomForDescriptors()
    for place in places { log.info("listening on \(place.name)") }
    notify("READY=1")
    while true {
      let round = try waitForEvents()
      if round.hasSignal, let signal = try signals.next() {
        guard signal == .hangUp else { break }
        reload()
      }
      attend(round)
      for index in round.ready where index < places.count { accept(on: places[index]) }
      let now = MonotonicClock.now
      for line in turnedAway.summary(now: now) { log.warning("\(line)") }
      fillPool(now)
    }
    try stop()
  }

  /// What one wait has brought, as positions in the lists of this moment.
  private struct Round {
    var hasSignal = false
    var ready: [Int] = []
    var saying: [Int] = []
    var ended: [Int] = []
    var waitingEnded: [Int] = []
  }

  private enum Subject {
    case signal
    case place(Int)
    case says(Int)
    case ended(Int)
    case waiting(Int)
  }

  private func waitForEvents(until end: Int64? = nil) throws(KernelError) -> Round {
    let now = MonotonicClock.now
    var subjects: [Subject] = [.signal]
    var entries = [PollEntry(signals.descriptor, .readable)]
    if acceptingFrom <= now {
      for (index, place) in places.enumerated() {
        subjects.append(.place(index))
        entries.append(PollEntry(place.socket.descriptor, .readable))
      }
    }
    for (index, session) in sessions.enumerated() {
      subjects.append(.ended(index))
      entries.append(session.ended)
      if let says = session.says {
        subjects.append(.says(index))
        entries.append(says)
      }
    }
    for (index, session) in pool.waiting.enumerated() {
      subjects.append(.waiting(index))
      entries.append(PollEntry(session.process.pidfd, .readable))
    }
    let deadlines = [
      end, turnedAway.deadline, places.isEmpty ? nil : pool.deadline,
      acceptingFrom > now ? acceptingFrom : nil,
    ]
    let milliseconds = deadlines.compactMap { $0 }.min().map { Int(max(0, ($0 - now + 999_999) / 1_000_000)) }
    _ = try poll(&entries, milliseconds: milliseconds)
    var round = Round()
    for (subject, entry) in zip(subjects, entries) where !entry.got.isEmpty {
      switch subject {
      case .signal: round.hasSignal = true
      case .place(let index): round.ready.append(index)
      case .says(let index): round.saying.append(index)
      case .ended(let index): round.ended.append(index)
      case .waiting(let index): round.waitingEnded.append(index)
      }
    }
    return round
  }

  private func attend(_ round: Round) {
    for index in round.saying where sessions[index].listen() { gate.authenticated() }
    // From the back, so that the positions before it stay what they were.
    for index in round.ended.reversed() { finish(at: index) }
    for index in round.waitingEnded.reversed() where index < pool.waiting.count {
      let session = pool.remove(at: index, now: MonotonicClock.now)
      let end = (try? session.process.wait()).map(SessionEnd.words) ?? "in an unknown way"
      log.error(
        "a session ended before it had a connection: \(end); `session:` in sshd.yaml names the program")
    }
  }

  // MARK: Accepting

  /// At one go from one socket, so that a flood does not keep the loop from the rest.
  private static let most = 16

  private func accept(on place: ListeningPlace) {
    for _ in 0..<Self.most {
      do throws(KernelError) {
        guard let connection = try place.socket.accept() else { return }
        admit(connection)
      } catch {
        // The client left again (accept(2) names the network's errors), or this host lacks something for a moment.
        guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code) else {
          log.debug("a connection was gone before it was accepted: \(error)")
          continue
        }
        return wait(for: error)
      }
    }
  }

  /// Connections wait in the kernel meanwhile.
  private func wait(for shortage: KernelError) {
    let now = MonotonicClock.now
    acceptingFrom = now + 250_000_000
    guard now >= complainingFrom else { return }
    complainingFrom = now + 10_000_000_000
    log.error("no connection can be accepted for the moment: \(shortage)")
  }

  private func admit(_ connection: consuming AcceptedConnection) {
    let peer = connection.peer
    guard let address = IPAddress(bytes: peer.address) else { return }
    let client = "\(address) port \(peer.port)"
    let source = gate.source(of: address)
    let now = MonotonicClock.now
    if let cause = gate.judge(source, now: now, chance: Int.random(in: 0..<100)) {
      return turnAway(connection, cause, client, now)
    }
    do throws(KernelError) {
      let session = try handOver(connection, now)
      log.debug("session \(session.process.process) serves \(client)")
      sessions.append(OpenSession(session, client: client, source: source))
      gate.entered(source)
    } catch {
      turnAway(connection, .noSession, client, now, detail: "\(error)")
    }
  }

  private func turnAway(
    _ connection: consuming AcceptedConnection, _ cause: TurnedAway, _ client: String, _ now: Int64,
    detail: String = ""
  ) {
    connection.close(saying: cause.line)
    if let line = turnedAway.add(cause, from: client, detail: detail, now: now) { log.warning("\(line)") }
  }

  /// To a session that waits, or to a new one.
  private func handOver(
    _ connection: borrowing AcceptedConnection, _ now: Int64
  ) throws(KernelError) -> WaitingSession {
    while let session = pool.take(now: now) {
      do throws(KernelError) {
        try supplies.handOver(connection, to: session)
        return session
      } catch {
        session.end()
        log.warning("a session ended while it waited: \(error)")
      }
    }
    let session = try supplies.start()
    do throws(KernelError) {
      try supplies.handOver(connection, to: session)
    } catch {
      session.end()
      throw error
    }
    return session
  }

  private func fillPool(_ now: Int64) {
    do throws(KernelError) {
      try pool.fill(supplies, now: now)
    } catch {
      log.error("no session can be kept ready: \(error)")
    }
  }

  // MARK: The end of sessions

  private func finish(at index: Int) {
    let session = sessions[index]
    if session.listen() { gate.authenticated() }
    let end: ProcessEnd
    do throws(KernelError) {
      end = try session.wait()
    } catch {
      return log.error("session \(session.process) of \(session.client) cannot be reaped: \(error)")
    }
    sessions.remove(at: index)
    gate.left(session.source, wasAuthenticated: session.isAuthenticated)
    if session.wasKilled { return }
    let judged = SessionEnd(end)
    switch judged {
    case .crashed:
      log.error("session \(session.process) of \(session.client) crashed: \(SessionEnd.words(end))")
    case .unknown:
      log.error("session \(session.process) of \(session.client) ended strangely: \(SessionEnd.words(end))")
    case .told(let exit): log.debug("session \(session.process) of \(session.client) ended: \(exit)")
    }
    let penalty = judged.penalty(gate.penalties.settings)
    if gate.penalties.add(penalty, to: session.source, now: MonotonicClock.now) {
      log.warning("\(session.source) is kept out for a while: \(judged.reason)")
    }
  }

  // MARK: Reloading

  private func reload() {
    notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now / 1000)")
    defer { notify("READY=1") }
    do {
      let new = try ListenerConfiguration(file: file)
      if new.listen != configuration.listen || new.runAs != configuration.runAs {
        log.warning("`listen:` and `run-as:` are read at a start only; the rest is in force")
      }
      log.logLevel = Logger.Level(rawValue: new.log) ?? .info
      let keys = try HostKeySet.loadOrMake(new.hostKeys, log: log)
      supplies = try SessionSupplies(new, hostKeys: keys)
      pool.empty()
      gate.limits = new.limits
      gate.penalties.settings = new.penalties
      configuration = new
      try makeRoomForDescriptors()
      log.info("read the settings and host keys again; connections that are open keep theirs")
    } catch {
      log.error("the old settings and host keys stay in force: \(error)")
    }
  }

  /// Two for each session, and some of our own.
  private func makeRoomForDescriptors() throws(KernelError) {
    let wanted = 2 * configuration.limits.connections + 64
    let limit = try ResourceLimit.raiseDescriptors(to: wanted)
    if limit < wanted {
      log.warning(
        "only \(limit) descriptors may be open, so fewer connections than `connections:` says; LimitNOFILE=")
    }
  }

  // MARK: Stopping

  /// Beyond the drain time, for sessions to end what they cut off.
  private static let patience: Int64 = 5_000_000_000

  /// Takes no more connections, lets running commands end, and ends the rest.
  private func stop() throws {
    notify("STOPPING=1")
    places = []
    pool.empty()
    for session in sessions { session.drain() }
    if !sessions.isEmpty { log.info("stopping when \(sessions.count) sessions have ended") }
    try waitForSessions(
      until: MonotonicClock.now + Int64(configuration.limits.drain) * 1_000_000 + Self.patience)
    if !sessions.isEmpty {
      log.warning("\(sessions.count) sessions did not end in time and are killed")
      for session in sessions { session.kill() }
      try waitForSessions(until: MonotonicClock.now + Self.patience)
    }
    log.info("stopped")
  }

  /// A second signal to stop ends the wait.
  private func waitForSessions(until end: Int64) throws {
    while !sessions.isEmpty, MonotonicClock.now < end {
      let round = try waitForEvents(until: end)
      attend(round)
      if round.hasSignal, let signal = try signals.next(), signal != .hangUp { return }
    }
  }

  private func notify(_ state: String) {
    do throws(KernelError) {
      try ServiceManager.notify(state)
    } catch {
      log.warning("the service manager was not told \(state): \(error)")
    }
  }
}
