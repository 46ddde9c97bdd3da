internal import Policy
internal import PolicyFiles

/// Groups of refusals with what would allow each, for a person and for a program.
struct RefusalReport {
  let groups: RefusalGroups
  let learning: LearningReport
  /// Groups and accesses shown.
  let most: Int
  private let places: [RefusalLog.Call: Int]

  init(groups: RefusalGroups, policy: Policy, cases: [PolicyCase], sources: [String], most: Int) {
    self.groups = groups
    self.most = most
    let log = groups.log
    let calls = log.learnableCalls
    let run = LearningRun(policy: policy, calls: calls.map(\.call), cases: cases, program: HostProgram.find)
    learning = LearningReport(run: run, log: log, sources: sources)
    places = Dictionary(uniqueKeysWithValues: calls.enumerated().map { ($1.key, $0) })
  }

  private func advice(_ group: RefusalGroups.Group, _ use: RefusalGroups.Use) -> RefusalAdvice {
    RefusalAdvice(of: group, use, learning.run, places)
  }

  // MARK: Text

  var text: String {
    let ranked = groups.ranked
    var text =
      "\(counted(groups.calls, "refused call")) of \(counted(ranked.count, "kind")), in \(learning.sources.map(TerminalText.oneLine).joined(separator: ", "))\n"
    for (group, use) in ranked.prefix(most) { text += told(group, use) }
    if ranked.count > most {
      text += "\nand \(counted(ranked.count - most, "other kind")): --top \(ranked.count)\n"
    }
    let accesses = learning.sortedAccesses
    if !accesses.isEmpty {
      text += "\nRefused by the sandbox while a command ran; no rule can allow it:\n"
      for (access, times) in accesses.prefix(most) {
        text +=
          "  \(ReportNumber.grouped(times.count)) x  \(access.kind) \(TerminalText.oneLine(access.name))"
          + (access.reason.isEmpty ? "" : ": \(TerminalText.oneLine(access.reason))")
          + ", \(Self.span(times))\n"
      }
      if accesses.count > most { text += "  and \(accesses.count - most) others\n" }
    }
    if groups.table.leftOut > 0 {
      text += "\n\(counted(groups.table.leftOut, "call")) of rare kinds left out\n"
    }
    if groups.log.leftOut > 0 {
      text +=
        "\n\(counted(groups.log.leftOut, "refusal")) came after \(RefusalLog.mostKinds) different ones: nothing is proposed for them\n"
    }
    if groups.log.malformed > 0 {
      text +=
        "\n\(counted(groups.log.malformed, "line")) named keyhole and was not as the broker writes it: see --broker\n"
    }
    if !learning.run.proposals.isEmpty {
      text +=
        "\nNothing is installed. `keyhole policy learn` prints all proposals as one piece of YAML; whether an option is harmless only its manual says.\n"
    }
    return text
  }

  private static func span(_ times: RefusalLog.Times) -> String {
    times.first == times.last
      ? LocalTime.text(times.first) : "\(LocalTime.text(times.first)) to \(LocalTime.text(times.last))"
  }

  private func told(_ group: RefusalGroups.Group, _ use: RefusalGroups.Use) -> String {
    var text =
      "\n\(ReportNumber.grouped(use.times.count)) x  \(TerminalText.oneLine(group.agent ?? AgentNames.none))"
    if let vm = group.vm { text += " for \(TerminalText.oneLine(vm))" }
    text +=
      ": \(TerminalText.oneLine(group.command))\(group.rule.isEmpty ? "" : ", by the rule \(TerminalText.oneLine(group.rule))")\n"
    func line(_ line: String) { text += "   \(TerminalText.oneLine(line))\n" }
    line(Self.span(use.times))
    if !group.reason.isEmpty { line("reason: \(group.reason)") }
    if let example = use.example { line("line:   \(ReportSections.line(example))") }
    let advice = advice(group, use)
    for proposal in advice.proposals {
      line(
        "would allow it\(learning.place(of: proposal.subject).map { ", at \($0)" } ?? ", as a new command"):")
      for part in (learning.yaml(proposal) ?? "").split(separator: "\n") { line("    \(part)") }
      for note in proposal.notes { line("  note: \(note)") }
    }
    if advice.allowedNow > 0 {
      line(
        "the policy allows \(advice.allowedNow == use.calls.count ? "it" : "\(advice.allowedNow) of \(use.calls.count) lines") now"
      )
    }
    for (reason, lines) in advice.reasons {
      line(
        "not proposed\(lines > 0 && lines < use.calls.count ? " for \(lines) of \(use.calls.count) lines" : ""): \(reason)"
      )
    }
    return text
  }

  // MARK: JSON

  func json(directory: String) -> JSONValue {
    [
      "policy": .text(directory), "digest": .text(learning.run.original.digest), "log": learning.logJSON,
      "calls": .number(groups.calls), "kinds": .number(groups.table.values.count),
      "left-out": .number(groups.table.leftOut),
      "groups": .list(groups.ranked.prefix(most).map { json($0.key, $0.value) }),
      "refused-accesses": learning.accessesJSON,
    ]
  }

  private func json(_ group: RefusalGroups.Group, _ use: RefusalGroups.Use) -> JSONValue {
    let advice = advice(group, use)
    return [
      "agent": .optional(group.agent), "vm": .optional(group.vm), "command": .text(group.command),
      "rule": .text(group.rule), "reason": .text(group.reason), "count": .number(use.times.count),
      "first": .text(UTCTime.text(use.times.first)), "last": .text(UTCTime.text(use.times.last)),
      "line": .optional(use.example.map { String(decoding: $0, as: UTF8.self) }),
      "lines": .number(use.calls.count), "allowed-now": .number(advice.allowedNow),
      "proposals": .list(advice.proposals.map { learning.json($0) }),
      "not-proposed": .list(
        advice.reasons.map { ["reason": .text($0.reason), "lines": .number($0.lines)] }),
    ]
  }
}
