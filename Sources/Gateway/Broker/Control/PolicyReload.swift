internal import AuditTrail
internal import Logging
internal import Policy
internal import PolicyFiles
internal import Synchronization

/// The exchange of the policy in force, whoever asks for it: SIGHUP and the control socket both come here.
final class PolicyReload: Sendable {
  private let services: BrokerServices
  /// One at a time, so that records and replies tell the order in which policies came into force.
  private let turn = Mutex(())

  enum Outcome {
    case exchanged(old: PolicyInForce, new: PolicyInForce, warnings: [Diagnostic], isRecorded: Bool)
    /// The policy on disk does not load. `reason` is empty when the diagnostics say why.
    case kept(PolicyInForce, diagnostics: [Diagnostic], reason: String, isRecorded: Bool)
  }

  init(_ services: BrokerServices) {
    self.services = services
  }

  @discardableResult
  func run(for requester: LoadRequester) -> Outcome {
    turn.withLock { _ in
      services.notify("RELOADING=1")
      defer { services.notify("READY=1") }
      do {
        let (old, new, warnings) = try services.policy.reload()
        services.presences.recheck()
        new.rebuildIndex(log: services.log)
        let isRecorded = announce(from: old, to: new, for: requester)
        services.log.info("policy \(new.policy.shortDigest) replaces \(old.policy.shortDigest)")
        return .exchanged(old: old, new: new, warnings: warnings, isRecorded: isRecorded)
      } catch let error as PolicyFilesError {
        return keep(requester, diagnostics: error.diagnostics, reason: "", told: "\(error)")
      } catch {
        return keep(requester, diagnostics: [], reason: "\(error)", told: "\(error)")
      }
    }
  }

  /// Records the exchange, and what it made of each agent; whether all of it is in the trail.
  private func announce(from old: PolicyInForce, to new: PolicyInForce, for requester: LoadRequester) -> Bool
  {
    var isRecorded = services.announce(.policyLoaded(new.token, old: old.token, for: requester))
    for (name, change) in AgentChange.all(from: old.policy.agents, to: new.policy.agents) {
      let record = AuditRecord.agentChanged(name, change, policy: new.token, for: requester)
      isRecorded = services.announce(record) && isRecorded
    }
    return isRecorded
  }

  private func keep(
    _ requester: LoadRequester, diagnostics: [Diagnostic], reason: String, told: String
  ) -> Outcome {
    let kept = services.policy.current
    let isRecorded = services.announce(.policyNotLoaded(kept: kept.token, for: requester, error: told))
    services.log.error(
      "the policy on disk is not loaded, \(kept.policy.shortDigest) stays in force\n\(told)")
    return .kept(kept, diagnostics: diagnostics, reason: reason, isRecorded: isRecorded)
  }
}
