internal import ArgumentParser
internal import Wire

/// `keyhole policy reload`: have the running broker put the policy on disk into force.
struct PolicyReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Put the policy on disk into force, without a restart.",
    discussion: """
      Says which policy was in force and which is now, and what is new, gone and different. A policy with an error \
      changes nothing. Calls that run keep the policy that they began with.
      Exits with 0 when it is in force, 2 when it has errors, 69 when no broker runs, 77 for any user but root.
      """)

  @OptionGroup var broker: BrokerOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let client = try broker.client()
    let answer: ControlClient.Answer
    do throws(ControlFailure) {
      answer = try client.ask(.reload)
    } catch {
      if json { StandardStreams.output("\(ReloadReport.json(error))\n") }
      Words.complain(error.message, hint: error.hint)
      throw error.exitStatus
    }
    let report = ReloadReport(answer)
    if json {
      StandardStreams.output("\(report.json)\n")
    } else {
      StandardStreams.error(report.findings)
      StandardStreams.output(report.text)
    }
    if let complaint = report.complaint { Words.complain(complaint.cause, hint: complaint.hint) }
    guard report.isInForce else { throw ExitStatus.brokenPolicy }
  }
}
