internal import AuditReading
internal import AuditSchema

/// A record that is about no call, in a reviewer's words.
enum EventText {
  /// What came of it.
  static func result(_ entry: AuditEntry) -> String {
    switch entry.operation {
    case .policyLoad: entry.isSuccess ? "loaded" : "not loaded"
    case .authentication: entry.isSuccess ? "let in" : "not let in"
    case .sessionEnd: entry.text(.cause) ?? "ended"
    case .agentChange: entry.text(.change) ?? "changed"
    case .start: "started"
    case .stop: entry.isSuccess ? "stopped" : "died"
    case .auditTrouble: "trouble"
    default: entry.isSuccess ? "ok" : "failed"
    }
  }

  /// Not yet harmless for terminals.
  static func text(_ entry: AuditEntry) -> String {
    let info = entry.text(.info).map { ": \($0)" } ?? ""
    switch entry.operation {
    case .policyLoad:
      return
        "policy \(entry.text(.oldPolicy) ?? "?") → \(entry.text(.policy) ?? "?"), by \(requester(entry))\(info)"
    case .authentication: return "session \(entry.text(.session) ?? "?"), key \(entry.key ?? "?")\(info)"
    case .sessionEnd:
      let lasted = CallText.duration(entry.number(.duration) ?? 0)
      return
        "session \(entry.text(.session) ?? "?"), \(counted(entry.number(.calls) ?? 0, "call")), \(lasted)\(info)"
    case .agentChange: return "agent \(entry.text(.acct) ?? "?"), by \(requester(entry))\(info)"
    case .start: return "\(entry.text(.unit) ?? "?"), policy \(entry.text(.policy) ?? "?")\(beginning(entry))"
    case .stop: return "\(entry.text(.unit) ?? "?")\(info)"
    case .auditTrouble:
      let lasted = CallText.duration(entry.number(.duration) ?? 0)
      return "\(counted(entry.number(.missed) ?? 0, "record")) could not be written in \(lasted)\(info)"
    default: return info
    }
  }

  /// How what came before a start ended.
  private static func beginning(_ entry: AuditEntry) -> String {
    let open = entry.number(.open) ?? 0
    let calls = open > 0 ? ", \(counted(open, "call")) closed" : ""
    switch entry.text(.after) {
    case "first": return ", for the first time\(calls)"
    case "stop": return ", after a stop\(calls)"
    case "crash": return ", after the broker had died\(calls)"
    case "boot": return ", after the machine had gone down without a stop\(calls)"
    default: return calls
    }
  }

  private static func requester(_ entry: AuditEntry) -> String {
    guard let admin = entry.text(.admin) else { return entry.text(.by) ?? "?" }
    return "\(entry.text(.by) ?? "?") (uid \(admin), login \(entry.text(.login) ?? "?"))"
  }
}
