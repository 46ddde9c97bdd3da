internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy`: look at a policy directory.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check and explain the policy.",
    subcommands: [PolicyCheckCommand.self, PolicyExplainCommand.self])
}

struct PolicyOptions: ParsableArguments {
  @Option(help: "The policy directory.")
  var policy = standardPolicyDirectory

  /// Loads the policy; what is wrong goes to standard error, and a broken policy ends the program with status 2.
  func load() throws -> LoadedPolicy {
    do throws(PolicyFilesError) {
      return try PolicyLoader().load(directory: policy)
    } catch {
      StandardStreams.error(error.description)
      let count = error.diagnostics.count { $0.severity == .error }
      StandardStreams.error("keyhole: \(count) error\(count == 1 ? "" : "s") in \(policy)\n")
      throw ExitStatus.brokenPolicy
    }
  }
}
