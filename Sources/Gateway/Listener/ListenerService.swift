internal import Kernel
internal import ListenerSettings
internal import Logging

/// keyhole-sshd: accepts connections, gives each a keyhole-session of its own, and never reads a byte from a client.
///
/// One thread and one loop around poll(2): there is nothing here that takes long.
final class ListenerService {
  private let file: String
  var log: Logger
  let signals: SignalDescriptor
  private var configuration: ListenerConfiguration
  var places: [ListeningPlace]
  var supplies: SessionSupplies
  var pool = SessionPool()
  var sessions: [OpenSession] = []
  var gate: AdmissionGate
  var turnedAway = TurnedAwayLog()
  /// Until then nothing is accepted: what accept(2) lacked takes a moment to come.
  var acceptingFrom: Int64 = 0
  /// Until then nothing more is said of that.
  var complainingFrom: Int64 = 0

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
