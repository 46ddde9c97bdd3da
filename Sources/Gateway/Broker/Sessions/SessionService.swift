internal import AuditTrail
internal import Glibc
internal import Kernel
internal import Logging
internal import Policy
internal import Wire

/// Serves the connections of the embedded server, all in one thread that waits for nothing but messages: what may wait is
/// done by the ``SessionClerk``, and each call runs in a thread of its own.
final class SessionService: Sendable {
  let services: BrokerServices
  let slots: CallSlots
  let clerk: SessionClerk
  let inbox: SessionInbox
  let listener: MessageSocket
  let peers: Set<UserID>

  static let stackSize = 1 << 20

  init(
    _ listener: consuming MessageSocket, peers: Set<UserID>, services: BrokerServices, slots: CallSlots
  ) throws(KernelError) {
    clerk = try SessionClerk(log: services.log)
    inbox = try SessionInbox()
    self.listener = listener
    self.peers = peers
    self.services = services
    self.slots = slots
  }

  /// Starts its two threads, which live as long as the process.
  func start() throws(KernelError) {
    try WorkerThread.start { self.clerk.serve() }
    try WorkerThread.start(stackSize: Self.stackSize) { SessionLoop(self).serve() }
  }

  /// Takes no more sessions and calls, and closes each session once its calls have ended.
  func drain() { inbox.post(.draining) }

  /// Whether every agent's session is closed, and its end recorded.
  var areClosed: Bool { services.presences.count(.session) == 0 && clerk.isIdle }
}

/// The sessions that are open. Belongs to one thread.
final class SessionLoop {
  private let service: SessionService
  private var services: BrokerServices { service.services }
  private var log: Logger { service.services.log }
  private var sessions: [UInt64: Session] = [:]
  private var next: UInt64 = 0
  private var isDraining = false

  /// Sessions at once, authenticated or not.
  private static let most = 1024

  init(_ service: SessionService) { self.service = service }

  func serve() {
    while true {
      let heard = sessions.values.filter { !$0.isBusy }
      var entries = [service.inbox.interest]
      for session in heard { entries.append(PollEntry(session.socket.descriptor, .readable)) }
      if !isDraining { entries.append(PollEntry(service.listener.descriptor, .readable)) }
      do throws(KernelError) {
        _ = try poll(&entries, milliseconds: timeout(of: heard))
      } catch {
        log.error("cannot wait for sessions: \(error)")
        pause()
        continue
      }
      if !entries[0].got.isEmpty {
        for event in service.inbox.takeAll() { handle(event) }
      }
      for (session, entry) in zip(heard, entries.dropFirst())
      where !entry.got.isEmpty && sessions[session.number] != nil && !session.isBusy {
        hear(session)
      }
      endSilent(heard)
      if !isDraining, let last = entries.last, !last.got.isEmpty { accept() }
    }
  }

  private func timeout(of heard: [Session]) -> Int? {
    heard.lazy.compactMap(\.deadline).min().map { Int(max(0, $0 - MonotonicClock.now) / 1_000_000) + 1 }
  }

  private func endSilent(_ heard: [Session]) {
    let now = MonotonicClock.now
    for session in heard where (session.deadline ?? .max) <= now { expel(session, .silent) }
  }

  /// What was waited for is there still, and what it lacks, such as a free descriptor, takes a moment to come.
  private func pause() {
    var nothing: [PollEntry] = []
    _ = try? poll(&nothing, milliseconds: 50)
  }

  // MARK: Coming and going

  private func accept() {
    do throws(KernelError) {
      let socket = try service.listener.accept()
      let peer = try socket.peer()
      guard service.peers.contains(peer.user) else {
        return log.warning(
          "uid \(peer.user), process \(peer.process), connected for sessions and is not among the peers")
      }
      guard sessions.count < Self.most else {
        return log.warning("\(Self.most) sessions are open, and that is the limit: one is turned away")
      }
      next += 1
      sessions[next] = Session(number: next, socket, peer)
    } catch {
      log.error("a session could not be accepted: \(error)")
      pause()
    }
  }

  /// Closes a session and records its end. One over which nobody was let in leaves a record only when it did not end as it
  /// should.
  private func close(_ session: Session, _ cause: EndedSession.Cause) {
    guard sessions.removeValue(forKey: session.number) != nil else { return }
    session.socket.discardUnread()
    let isOrderly =
      switch cause {
      case .crashed, .misbehaved: false
      default: true
      }
    if session.presence == nil && (isOrderly || session.progress.phase == .connected) { return }
    let record = AuditRecord.sessionEnded(session.caller, session.end(cause))
    session.presence = nil
    let services = services
    service.clerk.hand { services.announce(record) }
  }

  private func expel(_ session: Session, _ violation: SessionViolation) {
    log.warning("session \(session.id), process \(session.peer.process), is ended: \(violation)")
    close(session, .misbehaved("\(violation)"))
  }

  private func reply(_ reply: SessionReply, to session: Session) {
    do throws(KernelError) {
      try session.send(reply)
    } catch  where error.code == EAGAIN {
      expel(session, .doesNotRead)
    } catch {
      // It is gone: reading says so next.
    }
  }

  // MARK: Events

  private func handle(_ event: SessionInbox.Event) {
    switch event {
    case .answered(let number):
      guard let session = sessions[number] else { return }
      session.isBusy = false
      if isDraining && session.running == 0 { close(session, .stopped) }
    case .authenticated(let number, let result):
      guard let session = sessions[number] else { return }
      session.isBusy = false
      finish(result, of: session)
    case .callEnded(let number):
      guard let session = sessions[number] else { return }
      session.running -= 1
      if isDraining && session.running == 0 { close(session, .stopped) }
    case .revoked(let number, let refusal):
      guard let session = sessions[number] else { return }
      session.revocation = refusal
      if session.progress.phase == .admitted { revoke(session, refusal) }
    case .draining:
      isDraining = true
      for session in sessions.values where session.running == 0 && !session.isBusy {
        close(session, .stopped)
      }
    }
  }

  private func finish(_ result: SessionAuthentication.Result, of session: Session) {
    switch result {
    case .admitted(let presence, let visitor):
      session.progress.authenticate()
      session.presence = presence
      session.visitor = visitor
      let admission = SessionAdmission(
        agent: presence.agent.name, calls: UInt32(clamping: AgentBounds(of: presence.agent).calls))
      reply(.admitted(admission), to: session)
      if let refusal = session.revocation { revoke(session, refusal) }
    case .refused(let reason, let hint):
      session.revocation = nil
      reply(.refused(reason: reason, hint: hint), to: session)
    }
    if isDraining { close(session, .stopped) }
  }

  /// Its calls have heard of it by themselves.
  private func revoke(_ session: Session, _ refusal: Refusal) {
    _ = try? session.send(.revoked(reason: refusal.reason))
    close(session, .revoked(refusal.reason))
  }

  // MARK: Messages

  private func hear(_ session: Session) {
    do throws(SessionViolation) {
      let message = try session.receive()
      if message.bytes.isEmpty { return close(session, .crashed) }
      let request: SessionRequest
      do throws(WireError) {
        request = try SessionRequest(decoding: message.bytes)
      } catch {
        throw .notUnderstood(error)
      }
      try session.progress.admit(request, descriptors: message.descriptorCount)
      answer(request, message, session)
    } catch {
      expel(session, error)
    }
  }

  private func answer(_ request: SessionRequest, _ message: consuming ReceivedMessage, _ session: Session) {
    switch request {
    case .hello(let connection): session.address = ClientAddress(connection: connection)
    case .offered(let key):
      let policy = services.policy.current.policy
      reply(.known(policy.agent(forKey: key.base64, type: key.type) != nil), to: session)
    case .authority(let key):
      reply(.principals(services.policy.current.policy.principals(forAuthority: key.base64)), to: session)
    case .proved(let key, let user): authenticate(session, key, user)
    case .call(let call): start(call, message, session)
    case .goodbye(let end): close(session, EndedSession.Cause(end))
    }
  }

  private func authenticate(_ session: Session, _ key: SessionKey, _ user: [UInt8]) {
    let authentication = SessionAuthentication(
      services: services, session: session.id,
      visitor: Visitor(key: PresentedKey(key), address: session.address), user: user)
    let (inbox, number) = (service.inbox, session.number)
    session.isBusy = true
    service.clerk.hand {
      let result = authentication.run { inbox.post(.revoked(session: number, $0)) }
      inbox.post(.authenticated(session: number, result))
    }
  }

  private func start(_ call: SessionCall, _ message: consuming ReceivedMessage, _ session: Session) {
    var message = message
    guard let presence = session.presence, let visitor = session.visitor,
      let front = message.takeLastDescriptor()
    else { return }
    let socket = Connection(MessageSocket(owning: front))
    let incoming = IncomingRequest(call: call, claim: .session(visitor, session.id), message: message)
    if isDraining {
      return turnAway(call, socket, session, .calls("the broker is being stopped"))
    }
    // The call's own path asks again, and its answer is the one that counts: this one keeps a flood of calls from taking
    // the places of others for as long as it takes to refuse them.
    if let refusal = services.presences.refusal(for: presence.agent, one: .call) {
      return turnAway(call, socket, session, TurnedAway(refusal))
    }
    guard let slot = service.slots.take() else {
      return turnAway(call, socket, session, .noPlace(of: service.slots))
    }
    let (path, inbox, number) = (RequestPath(services: services), service.inbox, session.number)
    let handed = Handed(incoming)
    do throws(KernelError) {
      try WorkerThread.start(stackSize: RequestPath.stackSize) {
        if var incoming = handed.take() { path.serve(&incoming, for: socket.socket, in: slot) }
        inbox.post(.callEnded(session: number))
      }
      session.running += 1
    } catch {
      turnAway(call, socket, session, .calls("the broker cannot take another call: \(error)"))
    }
  }

  /// Answers a call that is not even judged.
  private func turnAway(
    _ call: SessionCall, _ socket: Connection, _ session: Session, _ cause: TurnedAway
  ) {
    let (services, caller) = (services, session.caller)
    let (inbox, number) = (service.inbox, session.number)
    session.isBusy = true
    service.clerk.hand {
      services.turnAway(socket.socket, caller, call, cause)
      inbox.post(.answered(session: number))
    }
  }
}

extension Session {
  fileprivate func receive() throws(SessionViolation) -> ReceivedMessage {
    do throws(KernelError) {
      return try socket.receive(upTo: SessionRequest.maximumSize, descriptors: 4)
    } catch {
      throw .unreadable("\(error)")
    }
  }
}
