internal import Kernel
internal import Policy

/// Whether an agent may come now, as a list has it.
enum AgentState: String {
  case active
  case suspended
  case expired
  /// Neither a key nor, with an authority to sign it, a certificate proves it.
  case unprovable = "no key"

  init(of agent: Agent, in policy: Policy, at time: Int64 = MonotonicClock.wallClock / 1_000_000_000) {
    if agent.isSuspended {
      self = .suspended
    } else if let expiry = agent.expiry, time >= expiry.time {
      self = .expired
    } else if agent.keys.isEmpty, agent.principals.isEmpty || policy.authorities.isEmpty {
      self = .unprovable
    } else {
      self = .active
    }
  }
}
