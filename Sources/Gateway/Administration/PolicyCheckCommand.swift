internal import ArgumentParser
internal import Policy
internal import PolicyFiles
internal import SecretPaths

/// `keyhole policy check`: load a policy as the broker would, run its examples, and say what is wrong.
struct PolicyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a policy directory and run its examples.",
    discussion: "Exits with 0 when the policy would load, with 2 when not.")

  @OptionGroup var options: PolicyOptions

  func run() throws {
    let loaded = try options.load()
    for warning in loaded.warnings { StandardStreams.error(warning.description) }
    StandardStreams.output(loaded.policy.summary + "\n")
  }
}

extension Policy {
  /// `12 commands, 30 secrets, 1 role, 2 agents, digest 0123456789abcdef`.
  var summary: String {
    let counts = [
      ("command", commands.count), ("secret", secrets.entries.count), ("role", roles.count),
      ("agent", agents.count),
    ]
    return counts.map { "\($0.1) \($0.0)\($0.1 == 1 ? "" : "s")" }.joined(separator: ", ")
      + ", digest \(shortDigest)"
  }
}
