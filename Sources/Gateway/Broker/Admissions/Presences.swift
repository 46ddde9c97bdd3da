internal import AuditTrail
internal import Kernel
internal import Policy
internal import Synchronization

/// Everyone who is let in, over both fronts: nothing outlives its permission.
///
/// Who comes in is judged by the policy in force and entered in one step, so that the exchange of a policy finds either the
/// entry or a judgement by the new policy.
final class Presences: Sendable {
  /// Gives the policy in force.
  private let policy: @Sendable () -> PolicyInForce
  private let state = Mutex(State())
  private let waker: Waker

  enum Outcome {
    case present(Presence, PolicyInForce)
    /// `agent` is nil when nobody has the key.
    case refused(Refusal, agent: Agent?, PolicyInForce)
  }

  private struct Entry {
    let visitor: Visitor
    let kind: Presence.Kind
    let agent: String
    var until: Int64?
    var isRevoked = false
    let revoke: @Sendable (Refusal) -> Void
  }

  private struct Tally: Hashable {
    let agent: String
    let kind: Presence.Kind
  }

  private struct State {
    var next: UInt64 = 0
    var entries: [UInt64: Entry] = [:]
    var counts: [Tally: Int] = [:]
  }

  /// `waker` is woken when somebody comes in whose permission has an end.
  init(_ policy: @escaping @Sendable () -> PolicyInForce, waker: Waker) {
    self.policy = policy
    self.waker = waker
  }

  /// Lets someone in, if the policy admits the agent now and the agent's limit leaves room. The time is in seconds since
  /// 1970.
  ///
  /// `revoke` is called at most once, from any thread, when the agent may no longer be there. It must not wait, and must
  /// not come back here.
  func enter(
    _ visitor: Visitor, as kind: Presence.Kind, at time: Int64 = Presences.now,
    revoke: @escaping @Sendable (Refusal) -> Void
  ) -> Outcome {
    state.withLock { state in
      let force = policy()
      switch force.policy.admit(visitor, at: time) {
      case .refused(let refusal, let agent): return .refused(refusal, agent: agent, force)
      case .admitted(let agent, let until):
        let tally = Tally(agent: agent.name, kind: kind)
        let count = state.counts[tally, default: 0]
        if let refusal = AgentBounds(of: agent).refusal(for: agent, one: kind, besides: count) {
          return .refused(refusal, agent: agent, force)
        }
        state.next += 1
        state.counts[tally] = count + 1
        state.entries[state.next] = Entry(
          visitor: visitor, kind: kind, agent: agent.name, until: until, revoke: revoke)
        if until != nil { waker.wake() }
        return .present(Presence(self, number: state.next, agent: agent), force)
      }
    }
  }

  /// Why the agent has no room for one more just now; nil when it has.
  func refusal(for agent: Agent, one kind: Presence.Kind) -> Refusal? {
    let count = state.withLock { $0.counts[Tally(agent: agent.name, kind: kind), default: 0] }
    return AgentBounds(of: agent).refusal(for: agent, one: kind, besides: count)
  }

  /// Only ``Presence`` calls this, as it ends.
  func remove(_ number: UInt64) {
    state.withLock { state in
      guard let entry = state.entries.removeValue(forKey: number) else { return }
      let tally = Tally(agent: entry.agent, kind: entry.kind)
      let left = state.counts[tally, default: 1] - 1
      state.counts[tally] = left > 0 ? left : nil
    }
  }

  func count(_ kind: Presence.Kind) -> Int {
    state.withLock { state in state.counts.reduce(0) { $0 + ($1.key.kind == kind ? $1.value : 0) } }
  }

  // MARK: Asking again

  /// By the wall clock, which may jump: in seconds since 1970.
  static var now: Int64 { MonotonicClock.wallClock / 1_000_000_000 }

  /// Whether somebody is there whose permission has an end.
  var haveEnds: Bool { state.withLock { $0.entries.values.contains { $0.until != nil && !$0.isRevoked } } }

  /// Asks again of everyone who is there, and tells those that may no longer be.
  func recheck(at time: Int64 = Presences.now) {
    state.withLock { state in
      let policy = policy().policy
      for (number, entry) in state.entries where !entry.isRevoked {
        switch policy.admit(entry.visitor, at: time) {
        case .admitted(let agent, let until) where agent.name == entry.agent:
          state.entries[number]?.until = until
          continue
        case .admitted(let agent, _): entry.revoke(.moved(from: entry.agent, to: agent))
        case .refused(let refusal, _): entry.revoke(refusal)
        }
        state.entries[number]?.isRevoked = true
      }
    }
  }
}

extension Policy {
  fileprivate func admit(_ visitor: Visitor, at time: Int64) -> Admission {
    admit(presented: visitor.key.credential, from: visitor.address?.description, at: time)
  }
}

extension Refusal {
  /// The key was given to another agent while a connection was open.
  fileprivate static func moved(from old: String, to new: Agent) -> Refusal {
    Refusal(
      kind: .notAllowed, rule: "agents", location: new.location,
      reason: "the key belongs to the agent \(new.name) now, no longer to \(old)", hint: "connect again")
  }
}
