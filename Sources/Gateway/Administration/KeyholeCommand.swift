public import ArgumentParser

/// `keyhole`: the administrator's program.
public struct KeyholeCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole", abstract: "Administer the keyhole gateway.",
    subcommands: [PolicyCommand.self, DoctorCommand.self])

  public init() {}

  /// Runs the program with the process's arguments and ends it.
  public static func runProgram() { main() }
}

/// Where the policy is unless an option says otherwise.
let standardPolicyDirectory = "/etc/keyhole/policy"

/// Exit statuses that mean something of their own.
enum ExitStatus {
  static let failure = ExitCode(1)
  static let brokenPolicy = ExitCode(2)
}
