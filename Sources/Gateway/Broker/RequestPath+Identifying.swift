internal import AuditTrail
internal import Kernel
internal import Policy
internal import Wire

extension RequestPath {
  /// An agent that may call, and what the records say of it.
  struct KnownAgent {
    /// The call counts for as long as this lives.
    let presence: Presence
    let visitor: Visitor
    let caller: Caller
    let force: PolicyInForce
    let revocation: Revocation

    var agent: Agent { presence.agent }
  }

  func identify(_ incoming: borrowing IncomingRequest) throws -> KnownAgent {
    var caller = Caller(agent: nil, keyFingerprint: nil, address: nil)
    let visitor: Visitor
    switch incoming.claim {
    case .session(let known, let session):
      visitor = known
      caller.address = known.address
      caller.session = session
    case .openSSH(let connection, let authentication):
      caller.address = ClientAddress(connection: connection)
      do throws(PresentedKey.Failure) {
        visitor = Visitor(key: try PresentedKey(authentication: authentication), address: caller.address)
      } catch {
        let refusal = Refusal(
          kind: .notAllowed, rule: "agents", reason: error.message, hint: error.hint)
        throw try turnAway(incoming.call, caller, refusal, services.policy.current)
      }
    }
    caller.keyFingerprint = visitor.key.fingerprint
    let revocation = try Revocation()
    switch services.presences.enter(visitor, as: .call, revoke: revocation.revoke) {
    case .present(let presence, let force):
      caller.agent = presence.agent.name
      return KnownAgent(
        presence: presence, visitor: visitor, caller: caller, force: force, revocation: revocation)
    case .refused(let refusal, let agent, let force):
      caller.agent = agent?.name
      throw try turnAway(incoming.call, caller, refusal, force)
    }
  }

  /// Records that a call is not even judged.
  private func turnAway(
    _ request: SessionCall, _ caller: Caller, _ refusal: Refusal, _ force: PolicyInForce
  ) throws -> CallFailure {
    try recordRefusal(
      of: IdentifiedCall(request: request, caller: caller, force: force, start: MonotonicClock.now), refusal)
  }

  /// Keeps sshd's connection in mind, to be ended with the agent's permission. It costs the time that the sandbox takes to
  /// start.
  func remember(
    _ claim: IncomingRequest.Claim, _ agent: KnownAgent, _ front: borrowing MessageSocket
  ) {
    guard case .openSSH = claim, let shell = try? front.peer() else { return }
    services.openSSH.remember(shell, at: front, by: agent.visitor)
  }
}

extension ClientAddress {
  /// The first word of SSH_CONNECTION. ssh(1)
  init?(connection: [UInt8]) {
    self.init(String(decoding: connection.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
  }
}
