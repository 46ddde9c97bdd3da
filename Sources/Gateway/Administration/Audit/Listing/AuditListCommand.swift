internal import ArgumentParser
internal import AuditReading

/// `keyhole audit list`: one line for each call.
struct AuditListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Show calls, one on a line.")

  @OptionGroup var options: AuditOptions

  func run() throws {
    let filter = try options.callFilter()
    let source = try options.source(isMixed: true)
    var joiner = CallJoiner()
    try source.forEachEntry { entry in
      guard let call = joiner.add(entry), filter.matches(call) else { return }
      StandardStreams.output("\(LocalTime.text(call.time)) \(call.id)\n")
    }
  }
}
