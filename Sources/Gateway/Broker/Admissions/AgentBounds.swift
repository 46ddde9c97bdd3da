internal import Policy

/// How much of the broker one agent may have at once: what the policy says, or the same for all.
struct AgentBounds: Equatable, Sendable {
  /// Of the embedded server.
  var connections: Int
  /// Running, over both fronts.
  var calls: Int

  init(of agent: Agent) {
    connections = agent.limits.connections ?? 32
    calls = agent.limits.calls ?? 16
  }

  /// Why there is no room for one more besides `count`; nil when there is.
  func refusal(for agent: Agent, one kind: Presence.Kind, besides count: Int) -> Refusal? {
    switch kind {
    case .session where count >= connections:
      Refusal(
        kind: .notAllowed, rule: "connections", location: agent.location,
        reason: "the agent \(agent.name) has \(count) connections open already, and that is its limit",
        hint: "close one, or let calls share one, as with ControlMaster of ssh_config(5)")
    case .call where count >= calls:
      Refusal(
        kind: .notAllowed, rule: "calls", location: agent.location,
        reason: "the agent \(agent.name) has \(count) calls running already, and that is its limit",
        hint: "try again when one has ended")
    default: nil
    }
  }
}
