public import ArgumentParser

/// The command line of keyhole-sshd.
public struct ListenerCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole-sshd", abstract: "Accepts the ssh connections of agents.",
    subcommands: [ServeCommand.self, HostKeysCommand.self], defaultSubcommand: ServeCommand.self)

  public init() {}

  /// Parses the arguments of this process and runs; does not return.
  public static func runProgram() { main() }
}

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves until it is told to stop. This is what runs without a subcommand."
  )

  @Option(name: .customLong("config"), help: "The configuration file.")
  var file = "/etc/keyhole/sshd.yaml"

  @Flag(help: "Check the configuration and the host keys, and do nothing else.")
  var check = false

  func run() {
    ListenerProgram.run(configurationFile: file, check ? .check : .serve)
  }
}

struct HostKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host-keys", abstract: "Prints the host keys as lines for a known_hosts file.")

  @Option(name: .customLong("config"), help: "The configuration file.")
  var file = "/etc/keyhole/sshd.yaml"

  @Argument(help: "Names and addresses under which clients know this host; its own name without any.")
  var names: [String] = []

  func run() {
    ListenerProgram.run(configurationFile: file, .printHostKeys(names: names))
  }
}
