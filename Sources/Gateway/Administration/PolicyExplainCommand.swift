internal import ArgumentParser
internal import CommandGrammar
internal import Kernel
internal import Policy
internal import PolicyFiles

/// `keyhole policy explain`: judge a line and show by which rules, without running it.
struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Judge a line without running it.",
    usage: "keyhole policy explain [--policy <dir>] [--agent <name> | --role <name>] [--json] 'LINE'",
    discussion: """
      Shows how the line is read, by which rule each stage is allowed, how its words were bound, and what would run; or \
      which rule refuses it, where, why, and what to write instead. It is judged by the code that the broker judges \
      with. Without --agent and --role every command of the policy may be used.

      Exits with 0 when the line is allowed, 126 when it is refused, 127 for an unknown command, 2 for a broken policy.
      """)

  @OptionGroup var options: PolicyOptions
  @OptionGroup var asker: AskerOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(help: "The line, as one argument; - reads it from standard input.")
  var line: [String] = []

  func validate() throws {
    if line.isEmpty { throw ValidationError("the line is missing: such as keyhole policy explain 'df -h'") }
    if line.count > 1 {
      throw ValidationError("the line must be one argument: quote it, '\(line.joined(separator: " "))'")
    }
  }

  func run() throws {
    let policy = try options.load().policy
    let asker = try asker.asker(in: policy)
    let explanation = LineExplanation(try bytes(), policy: policy, asker: asker)
    StandardStreams.output(json ? explanation.json.description + "\n" : explanation.text)
    let status = explanation.verdict.exitStatus
    if status != 0 { throw ExitCode(Int32(status)) }
  }

  private func bytes() throws -> [UInt8] {
    guard line[0] == "-" else { return Array(line[0].utf8) }
    var bytes = try InputFile.standardInput.read(upTo: CommandLine.maximumLength + 2)
    // One newline at the end belongs to the pipe, not to the line.
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return bytes
  }
}
