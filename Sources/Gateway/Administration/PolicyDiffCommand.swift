internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy diff`: what another policy would change.
struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two policies by what they mean.",
    usage: """
      keyhole policy diff [--lines <file>] [--json] OLD NEW
      keyhole policy diff [--lines <file>] [--json] --installed NEW
      """,
    discussion: """
      Says what becomes possible, first of all which secrets are none any more, then what is done in another way, then \
      what becomes impossible; and which lines are judged differently: the examples of both policies, and those of the \
      files given with --lines. Moves between files, another order and comments are no difference.

      Exits with 0 when there is none, with 1 when there is, and with 2 when a policy cannot be loaded.
      """)

  @Argument(help: ArgumentHelp("The policy directories, the older first.", valueName: "dir"))
  var directories: [String] = []

  @Flag(help: "The older one is the one installed, \(standardPolicyDirectory).")
  var installed = false

  @Option(
    name: .customLong("lines"),
    help: ArgumentHelp(
      "A file of lines to judge as well; # begins a comment, at the beginning of a line or after a tab. May be repeated.",
      valueName: "file"))
  var files: [String] = []

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard directories.count == (installed ? 1 : 2) else {
      throw ValidationError(
        installed
          ? "with --installed one policy directory is compared with the one installed"
          : "two policy directories are compared: OLD and NEW, or --installed NEW")
    }
  }

  func run() throws {
    let names = installed ? [standardPolicyDirectory] + directories : directories
    let old = ComparisonReport.Side(directory: names[0], policy: try PolicyOptions.load(names[0]).policy)
    let new = ComparisonReport.Side(directory: names[1], policy: try PolicyOptions.load(names[1]).policy)
    let report = ComparisonReport(old: old, new: new, lines: try files.flatMap(lines))
    StandardStreams.output(json ? report.json.description + "\n" : report.text)
    if !report.isSame { throw ExitStatus.failure }
  }

  private func lines(of file: String) throws -> [String] {
    let bytes = try InputFile(file).readAll(limit: 64 << 20)
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      var text = String(decoding: line, as: UTF8.self)
      if let comment = text.firstRange(of: "\t#") { text = String(text[..<comment.lowerBound]) }
      return text.hasPrefix("#") || text.allSatisfy(\.isWhitespace) ? nil : text
    }
  }
}
