internal import AuditReading
internal import AuditSchema

/// Something that is no call and that a reviewer reads line by line: a policy load, a change of an agent, a start.
struct ReportEvent: Equatable {
  enum Kind: String, CaseIterable {
    case policyLoaded = "policy-loaded"
    case policyRefused = "policy-refused"
    case agentChange = "agent-change"
    case start, stop
    /// The broker stopped and nobody had told it to, or was found dead at the next start.
    case crash
    case auditTrouble = "audit-trouble"
  }

  var kind: Kind
  /// In milliseconds since 1970.
  var time: Int64
  var host: String?
  /// What happened, in a few words.
  var text: String
  /// Who had it done.
  var by: String?

  /// nil for records of calls and sessions, and for what is of no interest by itself.
  init?(_ entry: AuditEntry) {
    time = entry.time
    host = entry.node
    let info = entry.text(.info)
    switch entry.operation {
    case .policyLoad:
      kind = entry.isSuccess ? .policyLoaded : .policyRefused
      let policies = (entry.text(.oldPolicy) ?? "?", entry.text(.policy) ?? "?")
      text =
        entry.isSuccess
        ? (policies.0 == policies.1 ? "\(policies.1), as before" : "\(policies.0) became \(policies.1)")
        : "\(policies.0) stays"
      if let info { text += ": \(info)" }
      by = Self.requester(entry)
    case .agentChange:
      kind = .agentChange
      text = "\(entry.agent ?? "?") \(entry.text(.change) ?? "?")"
      if let info { text += ": \(info)" }
      by = Self.requester(entry)
    case .start:
      let after = entry.text(.after)
      kind = after == "crash" ? .crash : .start
      text = "\(entry.text(.unit) ?? "?") started"
      switch after {
      case "crash": text += ": it had died"
      case "boot": text += ": the machine had gone down without a stop"
      case "first": text += " for the first time"
      default: break
      }
      if let open = entry.number(.open), open > 0 {
        text += "; \(open) open \(open == 1 ? "call" : "calls") closed"
      }
      if let unsure = entry.text(.unsure) { text += "; record \(unsure) may be missing" }
    case .stop:
      kind = entry.isSuccess ? .stop : .crash
      text = "\(entry.text(.unit) ?? "?") stopped"
      if !entry.isSuccess { text += " by itself" }
      if let info { text += ": \(info)" }
    case .auditTrouble:
      kind = .auditTrouble
      text = "\(entry.text(.missed) ?? "?") records could not be written"
      if let milliseconds = entry.number(.duration) {
        text += " for \(ReportNumber.duration(milliseconds))"
      }
      if let info { text += ": \(info)" }
    default: return nil
    }
  }

  private static func requester(_ entry: AuditEntry) -> String? {
    guard let by = entry.text(.by) else { return nil }
    guard by == "control" else { return by }
    let login = entry.text(.login).flatMap { $0 == "unset" ? nil : $0 }
    return "uid \(entry.text(.admin) ?? "?")" + (login.map { ", logged in as \($0)" } ?? "")
  }
}
