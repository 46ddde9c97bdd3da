internal import AuditTrail
internal import BrokerSettings
internal import Glibc
internal import Kernel
internal import Logging
internal import Policy
internal import PolicyFiles
internal import SettingsFile
internal import Synchronization
internal import Wire

/// keyhole-broker: waits for fronts, and serves each in a thread of its own until it is told to stop.
public final class BrokerService {
  private let services: BrokerServices
  private let slots: CallSlots
  private let peers: Set<UserID>
  private let listener: MessageSocket
  private let reload: PolicyReload
  private let control: ControlService
  private let sessions: SessionService
  private let signals: SignalDescriptor

  /// Exit statuses of the service itself.
  private enum ExitStatus {
    static let cannotStart: Int32 = 1
    static let badConfiguration: Int32 = 2
  }

  /// Runs the service that a configuration file describes; does not return.
  public static func run(configurationFile: String) -> Never {
    do {
      let configuration = try BrokerConfiguration(file: configurationFile)
      let service = try BrokerService(configuration)
      try service.serve()
      exit(0)
    } catch let error as ConfigurationError {
      complain("\(error)")
      exit(ExitStatus.badConfiguration)
    } catch let error as PolicyFilesError {
      complain("the policy is not loaded\n\(error)")
      exit(ExitStatus.badConfiguration)
    } catch let error as AuditError {
      complain("the audit trail cannot be used: \(error.message)\nhint: \(error.hint)")
      exit(ExitStatus.cannotStart)
    } catch let error as UnusableSetting {
      complain("\(error)")
      exit(ExitStatus.badConfiguration)
    } catch {
      complain("\(error)")
      exit(ExitStatus.cannotStart)
    }
  }

  private static func complain(_ text: String) {
    let error = FileDescriptor(owning: STDERR_FILENO)
    try? error.writeAll(Array("keyhole-broker: \(text)\n".utf8))
    _ = error.release()
  }

  private init(_ configuration: BrokerConfiguration) throws {
    guard UserID.effective == .root else {
      throw KernelError(
        .setresuid, on: "as another user than root; start it with `systemctl start keyhole-broker`",
        code: EPERM)
    }
    SignalDescriptor.ignoreBrokenPipes()
    // Before any other thread exists, so that all of them leave these signals to this descriptor.
    signals = try SignalDescriptor([.hangUp, .terminate, .interrupt])
    var log = Logger(label: "keyhole-broker") { StreamLogHandler.standardError(label: $0) }
    log.logLevel = Logger.Level(rawValue: configuration.log) ?? .info
    let policy = try PolicyStore(directory: configuration.policy, log: log)
    let group = try Self.group(configuration.group)
    let supplies = try SandboxSupplies(executor: Self.path(configuration.executor))
    let audit = try Self.auditTrail(configuration, log)
    services = try BrokerServices(
      audit: audit, policy: policy, executors: ExecutorPool(supplies, log: log), group: group, log: log)
    slots = CallSlots(count: configuration.calls, firstUser: configuration.firstUser)
    peers = Set(try configuration.peers.map(Self.user))
    let frontGroup = configuration.peers.lazy.compactMap(Accounts.group).first ?? GroupID(0)
    var sockets = try FrontSockets(
      calls: Self.path(configuration.socket), sessions: Self.path(configuration.sessionSocket),
      group: frontGroup)
    listener = sockets.takeCalls()
    sessions = try SessionService(
      sockets.takeSessions(), peers: peers, services: services, slots: slots)
    reload = PolicyReload(services)
    let controlSocket = try ControlSocket.open(at: Self.path(configuration.controlSocket))
    control = ControlService(
      controlSocket, ControlRequests(services: services, slots: slots, reload: reload), log: log)
  }

  private static func path(_ text: String) throws -> FilePath {
    guard let path = FilePath(Array(text.utf8)) else { throw UnusableSetting("a path with a NUL byte") }
    return path
  }

  private static func user(_ name: String) throws -> UserID {
    guard let user = Accounts.user(name) else {
      throw UnusableSetting(
        "there is no user \(name), whom `peers:` names\nhint: scripts/install makes the users")
    }
    return user
  }

  private static func group(_ name: String) throws -> GroupID {
    guard let group = Accounts.group(name) else {
      throw UnusableSetting(
        "there is no group \(name), which `group:` names\nhint: scripts/install makes the groups")
    }
    return group
  }

  private static func auditTrail(_ configuration: BrokerConfiguration, _ log: Logger) throws -> AuditTrail {
    switch configuration.audit {
    case .recorded(let settings):
      let audit = try AuditTrail(
        unit: AuditToken(literal: "keyhole-broker"), statePath: configuration.auditState,
        calls: configuration.calls,
        demands: AuditDemands(
          daemonConfiguration: settings.demandsDaemon ? settings.daemonConfiguration : nil,
          confirmation: settings.confirms))
      if let finding = audit.finding { log.error("\(finding)") }
      return audit
    case .off:
      log.critical(
        "AUDIT IS OFF: commands run without a record, because the configuration says `audit: off`; remove it to have them recorded"
      )
      return .runningUnrecordedByConfiguration()
    }
  }

  // MARK: Serving

  private func serve() throws {
    let force = services.policy.current
    force.rebuildIndex(log: services.log)
    services.announceStart(policy: force.token)
    services.announce(.policyLoaded(force.token, old: nil, for: .start))
    let control = control
    try WorkerThread.start(stackSize: ControlService.stackSize) { control.serve() }
    let watch = services.watch
    try WorkerThread.start { watch.serve() }
    let log = services.log
    try services.audit.keepUp { log.error("\($0)") }
    try sessions.start()
    services.log.info("ready: \(force.policy.commands.count) commands, policy \(force.policy.shortDigest)")
    services.notify("READY=1")
    var failures = 0
    while true {
      var entries = [PollEntry(listener.descriptor, .readable), PollEntry(signals.descriptor, .readable)]
      do throws(KernelError) {
        _ = try poll(&entries, milliseconds: nil)
        failures = 0
      } catch {
        services.log.error("cannot wait for calls: \(error)")
        failures += 1
        if failures == Self.mostFailures { throw error }
        continue
      }
      if !entries[1].got.isEmpty, let signal = try signals.next() {
        guard signal == .hangUp else { break }
        reload.run(for: .signal)
      }
      if !entries[0].got.isEmpty { accept() }
    }
    try stop()
  }

  /// Running calls end with the broker, so it goes on until waiting has failed so many times in a row.
  private static let mostFailures = 10

  private func accept() {
    do throws(KernelError) {
      let front = try listener.accept()
      let peer = try front.peer()
      guard peers.contains(peer.user) else {
        services.log.warning(
          "uid \(peer.user), process \(peer.process), connected and is not among the peers")
        return turnAway(front, .notPeer)
      }
      guard let slot = slots.take() else {
        return turnAway(front, .noPlace(of: slots))
      }
      start(front, slot)
    } catch {
      services.log.error("a front could not be accepted: \(error)")
      // It waits still, and what it waits for, such as a free descriptor, takes a moment to come.
      var nothing: [PollEntry] = []
      _ = try? poll(&nothing, milliseconds: 50)
    }
  }

  private func start(_ front: consuming MessageSocket, _ slot: CallSlot) {
    let path = RequestPath(services: services)
    let connection = Connection(front)
    do throws(KernelError) {
      try WorkerThread.start(stackSize: RequestPath.stackSize) { path.serve(connection.socket, in: slot) }
    } catch {
      turnAway(connection.socket, .calls("the broker cannot take another call: \(error)"))
    }
  }

  /// Answers a front whose request is not even read.
  private func turnAway(_ front: borrowing MessageSocket, _ cause: TurnedAway) {
    services.turnAway(front, Caller(agent: nil, keyFingerprint: nil, address: nil), nil, cause)
  }

  // MARK: Stopping

  /// How long running calls may go on, how long they may take to end once they were told to, and how long it may take to
  /// close the sessions. In nanoseconds.
  private static let patience = (
    ending: Int64(30_000_000_000), ended: Int64(5_000_000_000), closed: Int64(2_000_000_000)
  )

  /// Takes no more calls, lets the running ones end, and ends the rest.
  private func stop() throws {
    services.notify("STOPPING=1")
    control.close()
    sessions.drain()
    try wait(until: MonotonicClock.now + Self.patience.ending) { self.slots.taken == 0 }
    services.stopping.raise()
    try wait(until: MonotonicClock.now + Self.patience.ended) { self.slots.taken == 0 }
    try wait(until: MonotonicClock.now + Self.patience.closed) { self.sessions.areClosed }
    services.announceStop()
    services.log.info("stopped")
  }

  private func wait(until deadline: Int64, for isDone: () -> Bool) throws(KernelError) {
    while !isDone() && MonotonicClock.now < deadline {
      var nothing: [PollEntry] = []
      _ = try poll(&nothing, milliseconds: 20)
    }
  }
}

/// A socket that a thread takes with it.
final class Connection: Sendable {
  let socket: MessageSocket
  init(_ socket: consuming MessageSocket) { self.socket = socket }
}
