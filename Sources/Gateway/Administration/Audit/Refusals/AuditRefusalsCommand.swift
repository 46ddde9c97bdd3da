internal import ArgumentParser
internal import AuditReading
internal import Policy
internal import PolicyFiles

/// `keyhole audit refusals`: what was refused how often, and what would allow it.
struct AuditRefusalsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refusals",
    abstract: "Group what was refused, with the line of a policy that would allow each.",
    discussion: """
      Refused calls by agent, command, rule and reason, the most frequent first. What would allow them is what `keyhole \
      policy learn` finds: it is tried in memory, and nothing is installed. Secrets, shells and whatever writes or runs other programs \
      are never proposed; the reason is given. docs/audit-report.md describes --json.
      """)

  @OptionGroup var scope: ReportScope
  @OptionGroup var policy: PolicyOptions

  @Option(help: ArgumentHelp("How many kinds of refusals to show.", valueName: "count"))
  var top = 20

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(top) else { throw ValidationError("--top takes a number from 1 to 100000") }
  }

  func run() throws {
    let filter = try scope.filter(times: scope.times(standard: nil))
    let loaded = try policy.load().policy
    let cases = try PolicyLearnCommand.cases(below: policy.policy)
    let source = try scope.logs.source()
    var groups = RefusalGroups()
    try source.forEachEntry { entry in
      if filter.matches(entry) { groups.add(entry) }
    }
    groups.note(malformed: source.counts.malformed)
    let report = RefusalReport(groups: groups, policy: loaded, cases: cases, sources: source.names, most: top)
    StandardStreams.output(json ? report.json(directory: policy.policy).description + "\n" : report.text)
  }
}
