internal import ArgumentParser

/// `keyhole doctor`: what this host has of what the gateway needs, and how to get the rest.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check what the gateway needs on this host.",
    discussion: "Exits with 0 when everything required is there, with 1 otherwise.")

  @OptionGroup var options: PolicyOptions

  func run() throws {
    let report = HostReport(checks: HostReport.checks(policy: options.policy))
    StandardStreams.output(report.text)
    guard report.isComplete else { throw ExitStatus.failure }
  }
}
