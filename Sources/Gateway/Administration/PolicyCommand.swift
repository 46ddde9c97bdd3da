internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy`: everything about a policy directory.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Look at, try and change the policy.",
    discussion:
      "docs/policy.md describes the language, docs/policy-tools.md and docs/policy-editing.md these commands.",
    subcommands: [
      PolicyCheckCommand.self, PolicyTestCommand.self, PolicyExplainCommand.self, PolicyShowCommand.self,
      PolicyDiffCommand.self, PolicyLearnCommand.self,
    ] + PolicyEditing.subcommands)
}

struct PolicyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The policy directory.", valueName: "dir"))
  var policy = standardPolicyDirectory

  @Flag(help: "As if every command were installed: for a policy of another host.")
  var anyHost = false

  @Option(
    help: ArgumentHelp(
      "Take what `hosts` says of this host for its variables, and every command for installed.",
      valueName: "host"))
  var target: String?

  var loader: PolicyLoader {
    anyHost || target != nil ? PolicyLoader(hostName: target, isExecutable: { _ in true }) : PolicyLoader()
  }

  /// Loads the policy; what is wrong goes to standard error, and a broken policy ends the program with status 2.
  func load() throws -> LoadedPolicy { try Self.load(policy, loader) }

  static func load(_ directory: String, _ loader: PolicyLoader = PolicyLoader()) throws -> LoadedPolicy {
    do throws(PolicyFilesError) {
      return try loader.load(directory: directory)
    } catch {
      StandardStreams.error(error.description)
      StandardStreams.error(
        "keyhole: \(counted(error.diagnostics.count { $0.severity == .error }, "error")) in \(directory)\n")
      throw ExitStatus.brokenPolicy
    }
  }
}

/// `1 error`, `2 errors`.
func counted(_ count: some BinaryInteger, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// Ends the program with status 2, having said why and what to do.
func unusable(_ reason: String, hint: String = "") -> ExitCode {
  Words.complain(reason, hint: hint)
  return ExitStatus.brokenPolicy
}
