internal import ArgumentParser
internal import BrokerSettings
internal import SettingsFile

/// Which broker is meant.
struct BrokerOptions: ParsableArguments {
  static let standardFile = "/etc/keyhole/broker.yaml"

  @Option(name: .customLong("config"), help: "The broker's configuration file.")
  var file = BrokerOptions.standardFile

  /// The settings; those of a broker without a file when the standard one is not there. Ends the program with status 2
  /// when the file is broken.
  func settings() throws -> BrokerConfiguration {
    if file == Self.standardFile, !FilePlace.exists(file) { return BrokerConfiguration() }
    do throws(ConfigurationError) {
      return try BrokerConfiguration(file: file)
    } catch {
      Words.complain("\(error)")
      throw ExitStatus.brokenPolicy
    }
  }

  func client() throws -> ControlClient { ControlClient(path: try settings().controlSocket) }
}
