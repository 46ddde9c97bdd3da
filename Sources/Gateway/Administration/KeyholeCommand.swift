public import ArgumentParser
internal import Glibc

/// `keyhole`: the administrator's program.
public struct KeyholeCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole", abstract: "Administer the keyhole gateway.",
    subcommands: [PolicyCommand.self, AgentsCommand.self, DoctorCommand.self])

  public init() {}

  /// Runs the program with the process's arguments and ends it.
  public static func runProgram() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let status = SSHDAnswer.answer(arguments) { Glibc.exit(status) }
    main(arguments)
  }
}

/// Where the policy is unless an option says otherwise.
let standardPolicyDirectory = "/etc/keyhole/policy"

/// Exit statuses that mean something of their own.
enum ExitStatus {
  static let failure = ExitCode(1)
  static let brokenPolicy = ExitCode(2)
}
