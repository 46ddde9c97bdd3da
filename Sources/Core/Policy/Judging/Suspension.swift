extension Refusal {
  /// What everything that a suspended agent asks for gets, whatever the line.
  public static func suspended(_ agent: Agent) -> Refusal {
    Refusal(
      kind: .notAllowed, rule: "agents", location: agent.location,
      reason: "the agent \(agent.name) is suspended",
      hint: "an administrator lifts it in the policy, \(agent.location)")
  }
}
