public import ArgumentParser

/// The command line of keyhole-broker.
public struct BrokerCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "keyhole-broker", abstract: "Judges, records and starts the calls of Keyhole's fronts.")

  @Option(name: .customLong("config"), help: "The configuration file.")
  var file = "/etc/keyhole/broker.yaml"

  public init() {}

  public func run() {
    BrokerService.run(configurationFile: file)
  }
}
