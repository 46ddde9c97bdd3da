internal import ArgumentParser
internal import AuditReading
internal import Policy
internal import PolicyFiles

/// `keyhole policy learn`: propose rules for what was refused, and install none of them.
struct PolicyLearnCommand: ParsableCommand {
  /// Where auditd writes (auditd.conf(5), `log_file`).
  private static let standardLog = "/var/log/audit/audit.log"
  private static let standardBroker = "/usr/lib/keyhole/keyhole-broker"

  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Propose the narrowest rules for what was refused.",
    discussion: """
      Reads the refusals in the audit trail and prints, as YAML with comments, what in the policy would have to be \
      changed for them: how often each was wanted, by whom, when, and the lines. Each proposal is tried in memory \
      first: the lines are then allowed, and no line that the policy's examples and cases refuse is. Nothing is installed.

      Secrets, shells, interpreters, editors and whatever writes or runs other programs are never proposed; the reason \
      is given. Exits with 0, also when there is nothing to propose, and with 2 when the policy or a log cannot be read.
      """)

  @OptionGroup var options: PolicyOptions

  @Option(
    name: .customLong("log"),
    help: ArgumentHelp(
      "A log of auditd, raw or ENRICHED; - is standard input. May be repeated. By default \(Self.standardLog) and its rotated files.",
      valueName: "file"))
  var logs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only refusals from then on: '2 hours ago', 90m, today, monday, 14:00, 2026-11-21, '2026-11-21 09:30'.",
      valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only this agent's refusals.", valueName: "name"))
  var agent: String?

  @Option(
    help: ArgumentHelp("The broker whose records count. May be repeated.", valueName: "path"))
  var broker: [String] = []

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var start = Int64.min
    if let since {
      guard let time = LocalTime.milliseconds(since) else {
        throw unusable(
          "`\(since)` is not a time",
          hint: TimeExpression.examples)
      }
      start = time
    }
    let policy = try options.load().policy
    let sources = try logs.isEmpty ? Self.standardLogs() : logs
    var log = RefusalLog(
      executables: broker.isEmpty ? [Self.standardBroker] : broker, since: start, agent: agent)
    for source in sources { try Self.read(source, into: &log) }
    let run = LearningRun(
      policy: policy, calls: log.learnableCalls.map(\.call), cases: try Self.cases(below: options.policy),
      program: HostProgram.find)
    let report = LearningReport(run: run, log: log, sources: sources.map { InputFile($0).shown })
    StandardStreams.output(json ? report.json(directory: options.policy).description + "\n" : report.text)
  }

  /// The cases below the policy directory, which no proposal may break.
  static func cases(below directory: String) throws -> [PolicyCase] {
    try CaseFile.paths(below: directory).flatMap { path -> [PolicyCase] in
      let bytes = try InputFile(path).readAll(limit: CaseFile.largest)
      do throws(PolicyFilesError) {
        return try CaseFile.cases(in: bytes, path: path)
      } catch {
        StandardStreams.error(error.description)
        throw unusable("\(counted(error.diagnostics.count, "error")) in \(path)")
      }
    }
  }

  /// The log and what it was before it was rotated, oldest first.
  private static func standardLogs() throws -> [String] {
    guard InputFile(standardLog).isThere else {
      throw unusable(
        "there is no \(standardLog) that can be read",
        hint: "run it as root where auditd runs, or name a log with --log FILE")
    }
    let rotated = (1...99).map { "\(standardLog).\($0)" }.prefix { InputFile($0).isThere }
    return rotated.reversed() + [standardLog]
  }

  private static func read(_ source: String, into log: inout RefusalLog) throws {
    var lines = LogLines()
    var found = log
    try InputFile(source).forEachPart { part in
      lines.add(part)
      found.addAll(of: &lines)
      return true
    }
    if lines.end() { found.addAll(of: &lines) }
    log = found
  }
}
