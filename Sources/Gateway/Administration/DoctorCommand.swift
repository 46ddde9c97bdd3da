internal import ArgumentParser
internal import BrokerSettings

/// `keyhole doctor`: what this host has of what the gateway needs, and how to get the rest.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what the gateway needs on this host, and say what holds which promise.",
    discussion: "Exits with 0 when everything required is there, with 1 otherwise.")

  @Option(name: .customLong("config"), help: "The broker's configuration file.")
  var file = "/etc/keyhole/broker.yaml"

  @Option(name: .customLong("sshd-config"), help: "The embedded server's configuration file.")
  var serverFile = "/etc/keyhole/sshd.yaml"

  func run() throws {
    let report = HostReport(checks: HostReport.checks(configurationFile: file, serverFile: serverFile))
    StandardStreams.output(report.text + "\n" + EnforcementReport(.here).text)
    guard report.isComplete else { throw ExitStatus.failure }
  }
}
