public import ArgumentParser

/// The command line of keyhole-sshd.
public struct ListenerCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole-sshd", abstract: "Accepts the ssh connections of agents.")

  @Option(name: .customLong("config"), help: "The configuration file.")
  var file = "/etc/keyhole/sshd.yaml"

  public init() {}

  /// Parses the arguments of this process and runs; does not return.
  public static func runProgram() { main() }

  public func run() {}
}
