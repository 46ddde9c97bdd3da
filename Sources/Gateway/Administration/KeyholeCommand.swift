public import ArgumentParser
internal import Glibc
internal import Policy

/// `keyhole`: the administrator's program.
public struct KeyholeCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole", abstract: "Administer the keyhole gateway.",
    subcommands: [PolicyCommand.self, AgentsCommand.self, AuditCommand.self, DoctorCommand.self])

  public init() {}

  /// Runs the program with the process's arguments and ends it.
  public static func runProgram() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let status = SSHDAnswer.answer(arguments) { Glibc.exit(status) }
    if arguments.contains(where: PrivateKeyText.occurs) {
      // What the parser does not understand, it repeats.
      Words.complain(
        "a private key stands among the words, where others may have read it",
        hint: "make a new one, and give the line of its .pub file")
      Glibc.exit(ExitStatus.failure.rawValue)
    }
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
