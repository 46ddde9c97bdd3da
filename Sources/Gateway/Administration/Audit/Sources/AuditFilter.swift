internal import ArgumentParser
internal import AuditReading
internal import AuditSchema

/// From when to when, in milliseconds since 1970; the end does not belong to it.
struct TimeRange: Equatable {
  var start = Int64.min
  var end = Int64.max

  func contains(_ time: Int64) -> Bool { time >= start && time < end }
}

extension TimeRange {
  /// As `--since` and `--until` have them.
  init(since: String?, until: String?, now: Int64 = LocalTime.now) throws {
    if let since {
      guard let time = LocalTime.milliseconds(since, now: now) else { throw Self.noTime("--since", since) }
      start = time
    }
    if let until {
      guard let time = LocalTime.end(until, now: now) else { throw Self.noTime("--until", until) }
      end = time
    }
    guard start < end else {
      throw unusable(
        "--since \(LocalTime.text(start)) is not before --until \(LocalTime.text(end))",
        hint: "exchange them?")
    }
  }

  private static func noTime(_ option: String, _ text: String) -> ExitCode {
    unusable("\(option): `\(TerminalText.oneLine(text))` is not a time", hint: TimeExpression.examples)
  }
}

/// Which records are wanted. What is empty does not matter; of several values one has to fit.
struct EntryFilter {
  var times = TimeRange()
  var agents: [NamePattern] = []
  /// Fingerprints, or how they begin.
  var keys: [String] = []
  var vms: [NamePattern] = []
  var hosts: [NamePattern] = []
  /// Ids, or how they begin.
  var calls: [String] = []

  func matches(_ entry: AuditEntry) -> Bool {
    times.contains(entry.time)
      && matches(
        host: entry.node, agent: entry.agent, key: entry.key, vm: entry.text(.vm), call: entry.text(.call))
  }

  /// Whether the host fits: all that can be said of records that are about no call.
  func matches(host: String?) -> Bool { hosts.isEmpty || hosts.contains { $0.matches(host ?? "") } }

  fileprivate func matches(host: String?, agent: String?, key: String?, vm: String?, call: String?) -> Bool {
    matches(host: host)
      && (agents.isEmpty || agents.contains { $0.matches(agent ?? "?") })
      && (keys.isEmpty || keys.contains { key?.hasPrefix($0) ?? false })
      && (vms.isEmpty || vms.contains { $0.matches(vm ?? "-") })
      && (calls.isEmpty || calls.contains { call?.hasPrefix($0) ?? false })
  }
}

/// Which calls are wanted.
struct CallFilter {
  var entries = EntryFilter()
  var verdict: AuditedCall.Verdict?
  var rules: [NamePattern] = []
  /// Texts of which one has to be in the line.
  var texts: [[UInt8]] = []

  /// A call belongs to the time of its decision or, where no record of that was read, of its first record.
  func matches(_ call: AuditedCall) -> Bool {
    entries.times.contains(call.decided ?? call.time)
      && entries.matches(host: call.host, agent: call.agent, key: call.key, vm: call.vm, call: call.id)
      && (verdict == nil || verdict == call.verdict)
      && (rules.isEmpty || call.rules.contains { name in rules.contains { $0.matches(name) } })
      && (texts.isEmpty || texts.contains { text in call.line?.contains(text) ?? false })
  }

  /// Whether a record that is about no call is wanted: never where something of calls is asked for.
  func matchesEvent(_ entry: AuditEntry) -> Bool {
    verdict == nil && rules.isEmpty && texts.isEmpty && entries.matches(entry)
  }
}

extension AuditVerdict {
  var verdict: AuditedCall.Verdict { self == .allowed ? .allowed : .refused }
}
