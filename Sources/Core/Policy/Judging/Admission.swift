/// Whether an agent may come in, or go on.
public enum Admission: Equatable, Sendable {
  /// Until the given time, in seconds since 1970; nil without an end.
  case admitted(Agent, until: Int64?)
  /// `agent` is nil when nobody has the key.
  case refused(Refusal, agent: Agent?)
}

extension Policy {
  /// Judges a key that a client proved to have. `type` and `base64` are the first two fields of a `.pub` line, `address` is
  /// the client's IP address as text (nil when it is not known), `time` is in seconds since 1970.
  ///
  /// The same question is asked again while connections are open and calls run, so that nothing outlives its permission.
  public func admit(keyType type: String, base64: String, from address: String?, at time: Int64) -> Admission
  {
    guard let agent = agent(forKey: base64, type: type) else {
      return .refused(
        Refusal(
          kind: .notAllowed, rule: "agents", reason: "the key belongs to no agent",
          hint: "an administrator adds it with `keyhole agents add`"), agent: nil)
    }
    if agent.isSuspended { return .refused(.suspended(agent), agent: agent) }
    return .admitted(agent, until: nil)
  }
}
