internal import AuditTrail
internal import Kernel
internal import Policy
internal import Wire

/// What sessions say, and what answers it.
extension SessionLoop {
  func hear(_ session: Session) {
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
