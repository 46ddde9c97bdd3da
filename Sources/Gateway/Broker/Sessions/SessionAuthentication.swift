internal import AuditTrail
internal import Logging
internal import Policy

/// Lets a client in that proved to have a key: the steps, in this order.
struct SessionAuthentication: Sendable {
  let services: BrokerServices
  let session: SessionID
  let visitor: Visitor
  let user: [UInt8]

  enum Result: Sendable {
    case admitted(Presence, Visitor)
    case refused(reason: String, hint: String)
  }

  /// The account under which agents log in; behind a `+` may stand the name of a VM.
  private static let account = Array("diag".utf8)

  /// Judges, and records what came of it. May wait for the audit trail. `revoke` as in ``Presences/enter(_:as:at:revoke:)``.
  func run(revoke: @escaping @Sendable (Refusal) -> Void) -> Result {
    var caller = Caller(
      agent: nil, keyFingerprint: visitor.key.fingerprint, address: visitor.address, session: session)
    guard Self.isServed(user) else {
      let refusal = Refusal(
        kind: .notAllowed, rule: "agents", reason: "there is no such user here",
        hint: "log in as diag, or as diag+NAME for the VM of that name")
      return refuse(refusal, caller, services.policy.current)
    }
    switch services.presences.enter(visitor, as: .session, revoke: revoke) {
    case .refused(let refusal, let agent, let force):
      caller.agent = agent?.name
      return refuse(refusal, caller, force)
    case .present(let presence, let force):
      caller.agent = presence.agent.name
      do throws(AuditError) {
        try services.audit.record(.authenticated(caller, policy: force.token))
        return .admitted(presence, visitor)
      } catch {
        services.log.error("nobody is let in, since it cannot be recorded: \(error.message)")
        return .refused(
          reason: "nobody is let in, since it cannot be recorded: \(error.message)", hint: error.hint)
      }
    }
  }

  private func refuse(_ refusal: Refusal, _ caller: Caller, _ force: PolicyInForce) -> Result {
    services.announce(.notAuthenticated(caller, policy: force.token, reason: refusal.reason))
    return .refused(reason: refusal.reason, hint: refusal.hint)
  }

  /// Whether the user name is the account's, alone or with a VM's name.
  static func isServed(_ user: [UInt8]) -> Bool {
    guard user.starts(with: account) else { return false }
    let rest = user.dropFirst(account.count)
    return rest.isEmpty || (rest.first == UInt8(ascii: "+") && rest.count > 1)
  }
}
