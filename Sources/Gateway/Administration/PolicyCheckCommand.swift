internal import ArgumentParser
internal import Policy
internal import PolicyFiles
internal import SecretPaths

/// `keyhole policy check`: load a policy as the broker would, run its examples, and say what is wrong.
struct PolicyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a policy directory and run its examples.",
    discussion: """
      Everything that is wrong is shown with its place, the line and what to do. Exits with 0 when the policy would load, \
      with 1 when it would, with warnings, and --strict is given, and with 2 when it would not.
      """)

  @OptionGroup var options: PolicyOptions

  @Flag(help: "Exit with 1 when there are warnings.")
  var strict = false

  @Flag(help: "Print one JSON object: policy, digest, counts, diagnostics.")
  var json = false

  func run() throws {
    let report = CheckReport(directory: options.policy, loader: options.loader)
    if json {
      StandardStreams.output(report.json.description + "\n")
    } else {
      StandardStreams.error(report.complaints)
      StandardStreams.output(report.summary)
    }
    let status = report.status(isStrict: strict)
    if status != 0 { throw ExitCode(status) }
  }
}
