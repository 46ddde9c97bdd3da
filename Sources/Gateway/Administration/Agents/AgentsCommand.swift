internal import ArgumentParser
internal import Kernel
internal import Policy
internal import PolicyFiles

/// `keyhole agents`: who may come.
struct AgentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agents", abstract: "Say who may come, and ask who may.",
    discussion: """
      Each change is made to the files of the policy, checked with the whole policy before it is installed, and then the \
      running broker loads it. docs/agents.md has examples.
      Exits with 0 when it is done, 1 when nothing is changed, 2 when the policy is broken or the broker does not take \
      it, 64 for wrong words, 75 when somebody else edits, 77 when this takes another user.
      """,
    subcommands: [
      AgentsAddCommand.self, AgentsListCommand.self, AgentsShowCommand.self, AgentsSuspendCommand.self,
      AgentsResumeCommand.self, AgentsRotateCommand.self, AgentsRemoveCommand.self, AgentsImportCommand.self,
      AgentsAuthorizedKeysCommand.self, AgentsPrincipalsCommand.self,
    ])
}

/// Which policy a command about agents is for.
struct AgentPolicyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The policy directory.", valueName: "dir"))
  var policy = standardPolicyDirectory

  /// Without a slash at the end.
  var directory: String {
    policy.count > 1 && policy.hasSuffix("/") ? String(policy.dropLast()) : policy
  }

  /// The policy; what is wrong goes to standard error, and a broken policy ends the program with status 2.
  func load() throws -> Policy { try PolicyOptions.load(directory).policy }
}

/// What every command that changes agents can be told.
struct AgentChangeOptions: ParsableArguments {
  @OptionGroup var place: AgentPolicyOptions
  @OptionGroup var broker: BrokerOptions

  @Flag(help: "Show what would change, and change nothing.")
  var dryRun = false

  @Flag(help: "Do not have a running broker load the policy.")
  var noReload = false
}

/// Why a command changes nothing: said, with status 1.
struct AgentFailure: Error {
  var message: String
  var hint = ""

  static func noSuchAgent(_ name: String, in policy: Policy) -> AgentFailure {
    let names = policy.agents.keys
    let near = nearest(to: name, among: names).first
    return AgentFailure(
      message: "there is no agent \(TerminalText.oneLine(name))",
      hint: near.map { "did you mean \($0)?" } ?? "keyhole agents list shows who there is")
  }
}

extension Policy {
  /// The agent of that name; what is near when there is none.
  func agent(named name: String) throws(AgentFailure) -> Agent {
    guard let agent = agents[name] else { throw .noSuchAgent(name, in: self) }
    return agent
  }
}
