internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole agents suspend`
struct AgentsSuspendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend", abstract: "Keep an agent out, and end what it has open.",
    discussion: "The agent stays in the policy and is told that it is suspended, and why. `resume` lifts it.")

  @Argument(help: "The agent's name.")
  var name: String

  @Option(help: ArgumentHelp("Why, one line: the agent is told.", valueName: "text"))
  var reason: String?

  @OptionGroup var options: AgentChangeOptions

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      let agent = try change.current.agent(named: name)
      if let reason { try Self.check(reason) }
      if let suspension = agent.suspension, reason == nil || suspension.reason == reason {
        StandardStreams.output("agent \(name) is suspended already: \(agent.location)\n")
        return nil
      }
      let value = reason.map(YAMLText.scalar) ?? "true"
      return try change.request(
        [.set(key: "suspended", value: value)], to: agent, summary: "suspended agent \(name)")
    }
  }

  private static func check(_ reason: String) throws(AgentFailure) {
    try AgentText.checkLine(reason, "--reason")
    if ["true", "false", "yes", "no", "on", "off", "y", "n"].contains(reason.lowercased()) {
      throw AgentFailure(message: "--reason takes a text that says why", hint: "leave it out for none")
    }
  }
}

/// `keyhole agents resume`
struct AgentsResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let a suspended agent come again.")

  @Argument(help: "The agent's name.")
  var name: String

  @OptionGroup var options: AgentChangeOptions

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      let agent = try change.current.agent(named: name)
      guard agent.isSuspended else {
        StandardStreams.output("agent \(name) is not suspended: \(agent.location)\n")
        return nil
      }
      return try change.request([.remove(key: "suspended")], to: agent, summary: "resumed agent \(name)")
    }
  }
}
