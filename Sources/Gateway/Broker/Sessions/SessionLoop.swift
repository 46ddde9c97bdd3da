internal import AuditTrail
internal import Glibc
internal import Kernel
internal import Logging
internal import Policy
internal import Wire

/// The sessions that are open. Belongs to one thread.
final class SessionLoop {
  let service: SessionService
  var services: BrokerServices { service.services }
  var log: Logger { service.services.log }
  private var sessions: [UInt64: Session] = [:]
  private var next: UInt64 = 0
  private(set) var isDraining = false

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
  func close(_ session: Session, _ cause: EndedSession.Cause) {
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

  func expel(_ session: Session, _ violation: SessionViolation) {
    log.warning("session \(session.id), process \(session.peer.process), is ended: \(violation)")
    close(session, .misbehaved("\(violation)"))
  }

  func reply(_ reply: SessionReply, to session: Session) {
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
}
