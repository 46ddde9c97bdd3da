internal import AuditReading

/// A call in a reviewer's words.
enum CallText {
  /// What became of it: `0`, `exit 3`, `signal 9`, `refused`, `timed out`, `lost` …
  static func result(_ call: AuditedCall) -> String { result(call, call.end) }

  /// As above, where the call's end is at hand.
  static func result(_ call: AuditedCall, _ end: AuditedCall.End?) -> String {
    if call.verdict == .refused { return "refused" }
    guard let end else { return "running or unfinished" }
    switch end.cause {
    case "exited": return end.status == 0 ? "0" : "exit \(end.status)"
    case "signaled": return end.status > 128 ? "signal \(end.status - 128)" : "signal"
    case "refused": return "not started"
    default: return String(end.cause.map { $0 == "-" ? " " : $0 })
    }
  }

  /// `42 ms`, `1.5 s`, `2 min 3 s`, `1 h 2 min`
  static func duration(_ milliseconds: UInt64) -> String {
    switch milliseconds {
    case 0..<1_000: "\(milliseconds) ms"
    case 1_000..<60_000: "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
    case 60_000..<3_600_000: "\(milliseconds / 60_000) min \(milliseconds / 1_000 % 60) s"
    default: "\(milliseconds / 3_600_000) h \(milliseconds / 60_000 % 60) min"
    }
  }

  /// The command line, not yet harmless for terminals.
  static func line(_ call: AuditedCall) -> String {
    guard let line = call.line else {
      return call.verdict == nil ? "(no record of its decision)" : "(a shell)"
    }
    let text = String(decoding: line, as: UTF8.self)
    guard let length = call.cutLineLength, length > line.count else { return text }
    return text + "… (\(length) bytes)"
  }

  /// Refused accesses, also those that were counted only.
  static func refusals(_ call: AuditedCall) -> Int { refusals(call, call.end) }

  static func refusals(_ call: AuditedCall, _ end: AuditedCall.End?) -> Int {
    max(call.accessCount, Int(clamping: end?.refusals ?? 0))
  }
}
