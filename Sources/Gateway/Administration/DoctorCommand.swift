internal import ArgumentParser

/// `keyhole doctor`: what this host has of what the gateway needs.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check what the gateway needs on this host.",
    discussion: "Exits with 0 when everything required is there, with 1 otherwise.")

  @OptionGroup var options: PolicyOptions

  func run() throws {
  }
}
