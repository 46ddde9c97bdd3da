internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy explain`: judge a line and show by which rules, without running it.
struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Judge a line without running it.",
    discussion:
      "Exits with 0 when it is allowed, 126 when refused, 127 for an unknown command, 2 for a broken policy.")

  @OptionGroup var options: PolicyOptions

  @Option(help: "Judge for this agent; without it every command of the policy may be used.")
  var agent: String?

  @Argument(help: "The line, as one argument.")
  var line: String

  func run() throws {
    let policy = try options.load().policy
    var known: Agent?
    if let agent {
      guard let found = policy.agents[agent] else {
        StandardStreams.error(
          "keyhole: the policy has no agent \(agent)\nhint: agents: \(policy.agents.keys.sorted().joined(separator: ", "))\n"
        )
        throw ExitStatus.brokenPolicy
      }
      known = found
      if found.isSuspended {
        StandardStreams.error("keyhole: \(agent) is suspended: nothing is run for it\n")
      }
    }
    let verdict = policy.judge(parsing: line, agent: known)
    StandardStreams.output(policy.explanation(of: verdict))
    if verdict.exitStatus != 0 { throw ExitCode(Int32(verdict.exitStatus)) }
  }
}
