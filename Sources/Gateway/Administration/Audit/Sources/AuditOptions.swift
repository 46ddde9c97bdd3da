internal import ArgumentParser

/// Which logs a command reads.
struct AuditLogOptions: ParsableArguments {
  private static let standardBroker = "/usr/lib/keyhole/keyhole-broker"

  @Argument(
    help: ArgumentHelp(
      "Logs of auditd, raw or ENRICHED, compressed or not; a directory stands for the logs in it and, for each directory in it, those of another host; - is standard input. By default \(LogSearch.standardDirectory).",
      valueName: "file"))
  var files: [String] = []

  @Option(
    help: ArgumentHelp("The broker whose records count. May be repeated.", valueName: "path"))
  var broker: [String] = []

  /// The chosen logs, open. `isMixed`: the command prints while it reads.
  func source(isMixed: Bool = false) throws -> AuditSource {
    try AuditSource(files, executables: brokers, isMixed: isMixed)
  }

  /// The programs whose records count.
  var brokers: [String] { broker.isEmpty ? [Self.standardBroker] : broker }
}

/// Which logs a command reads, and which of their records it takes.
struct AuditOptions: ParsableArguments {
  @OptionGroup var logs: AuditLogOptions

  @Option(
    help: ArgumentHelp(
      "Only from then on: '2 hours ago', 90m, today, monday, 14:00, 2026-11-21, '2026-11-21 14:00'.",
      valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only before then; a day counts whole.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Only this agent; * and ? stand for any text and any character. May be repeated, as all of these.",
      valueName: "name"))
  var agent: [String] = []

  @Option(
    help: ArgumentHelp("Only the key with this fingerprint, or its beginning.", valueName: "fingerprint"))
  var key: [String] = []

  @Option(
    help: ArgumentHelp("Only calls for this VM; * and ? as above, - for the host itself.", valueName: "name"))
  var vm: [String] = []

  @Option(
    help: ArgumentHelp("Only records of this host, in logs of several; * and ? as above.", valueName: "name"))
  var host: [String] = []

  @Option(help: "Only calls that were allowed, or refused.")
  var verdict: AuditVerdict?

  @Option(help: ArgumentHelp("Only calls that this rule decided; * and ? as above.", valueName: "name"))
  var rule: [String] = []

  @Option(
    help: ArgumentHelp("Only command lines with this text in them, letter for letter.", valueName: "text"))
  var command: [String] = []

  @Option(help: ArgumentHelp("Only the call with this id, or its beginning.", valueName: "id"))
  var call: [String] = []

  func source(isMixed: Bool = false) throws -> AuditSource { try logs.source(isMixed: isMixed) }

  /// For records one by one.
  func entryFilter(now: Int64 = LocalTime.now) throws -> EntryFilter {
    let times = try TimeRange(since: since, until: until, now: now)
    return EntryFilter(
      times: times, agents: agent.map(NamePattern.init), keys: key.map(Self.fingerprint),
      vms: vm.map(NamePattern.init),
      hosts: host.map(NamePattern.init), calls: try call.map(Self.callID))
  }

  /// For calls that are joined from their records.
  func callFilter(now: Int64 = LocalTime.now) throws -> CallFilter {
    CallFilter(
      entries: try entryFilter(now: now), verdict: verdict?.verdict, rules: rule.map(NamePattern.init),
      texts: command.map { Array($0.utf8) })
  }

  /// Base64 distinguishes letters by case, so nothing but the name of the hash may be left out.
  private static func fingerprint(_ text: String) -> String {
    text.hasPrefix("SHA256:") ? text : "SHA256:" + text
  }

  static func callID(_ text: String) throws -> String {
    let id = text.lowercased()
    guard (1...16).contains(id.utf8.count), id.allSatisfy(\.isHexDigit) else {
      throw unusable(
        "`\(TerminalText.oneLine(text))` is not the id of a call",
        hint: "16 digits of 0-9 and a-f, or the first of them: keyhole audit list shows the ids")
    }
    return id
  }
}

enum AuditVerdict: String, ExpressibleByArgument, CaseIterable {
  case allowed, refused
}
