internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole agents remove`
struct AgentsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take an agent out of the policy, and end what it has open.",
    discussion: """
      The file agents/NAME.yaml goes when it has nothing else, and stays beside as .NAME.yaml.previous. In other files the \
      agent's lines go, and nothing else does.
      """)

  @Argument(help: "The agent's name.")
  var name: String

  @OptionGroup var options: AgentChangeOptions

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      let agent = try change.current.agent(named: name)
      let (file, bytes) = try change.file(of: agent)
      if file == "agents/\(name).yaml", AgentFileEditor(bytes).holdsOnly(name) {
        return AgentPolicyChange.Request(
          file: file, bytes: nil, summary: "removed agent \(name): \(agent.location.file) is gone")
      }
      return try change.request(
        [.removeAgent], to: agent, summary: "removed agent \(name) from \(agent.location.file)")
    }
  }
}
