internal import AuditSchema

/// Whether the records of one broker's calls make whole calls: a decision first, then accesses, then one end.
struct CallCheck {
  private struct Open {
    let finding: TrailFinding
  }

  /// Ids of calls that have ended, to know them again.
  private static let mostEnded = 8_192
  /// More than any broker runs at once; those beyond are not followed.
  private static let mostOpen = 65_536
  /// A call may have begun before the log does: so much earlier than its records say.
  private static let slack: Int64 = 5_000
  /// A century, in milliseconds: no number in a log makes the arithmetic overflow.
  private static let longest: UInt64 = 3_200_000_000_000

  /// Decided, and not yet ended.
  private var open: [String: Open] = [:]
  /// Open when the broker started anew, which has to close them.
  private var left: [String: Open] = [:]
  private var ended: [String: Bool] = [:]
  private var order: [String] = []
  private var oldest = 0
  /// Since when every decision is in the log.
  private var begun: Int64?
  /// Calls that were decided before the log begins, and are not ended yet.
  private var older: Set<String> = []
  /// How many there were.
  private(set) var olderCount = 0
  private(set) var decided = 0

  /// Calls that no end was read of, and that no later start should have closed: they run, or will be closed by the next start.
  var running: Int { open.count }

  mutating func add(_ entry: AuditEntry, at place: TrailPlace) -> [TrailFinding] {
    if begun == nil { begun = entry.time }
    func finding(_ kind: TrailFinding.Kind) -> TrailFinding {
      TrailFinding(kind, host: entry.node, place: place, entry)
    }
    if entry.operation == .start {
      let found = end()
      left = open
      open = [:]
      return found
    }
    guard let call = entry.text(.call) else { return [] }
    switch entry.operation {
    case .decision: return decide(entry, call, finding)
    case .end: return close(entry, call, finding)
    default: return isKnown(entry, call) ? [] : [finding(.undecided(call: call, entry.operation))]
    }
  }

  /// Calls that a start should have closed, and nothing did.
  mutating func end() -> [TrailFinding] {
    defer { left = [:] }
    return left.values.map(\.finding).sorted {
      ($0.sequence ?? 0, $0.place.line) < ($1.sequence ?? 0, $1.place.line)
    }
  }

  private mutating func decide(
    _ entry: AuditEntry, _ call: String, _ finding: (TrailFinding.Kind) -> TrailFinding
  ) -> [TrailFinding] {
    decided += 1
    if open[call] != nil { return [finding(.again(call: call, .decision))] }
    if let wasRefused = ended[call] {
      return [finding(wasRefused ? .again(call: call, .decision) : .decidedLate(call: call))]
    }
    if entry.text(.verdict) == "refused" {
      note(call, wasRefused: true)
    } else if open.count < Self.mostOpen {
      open[call] = Open(finding: finding(.unclosed(call: call)))
    }
    return []
  }

  private mutating func close(
    _ entry: AuditEntry, _ call: String, _ finding: (TrailFinding.Kind) -> TrailFinding
  ) -> [TrailFinding] {
    if open.removeValue(forKey: call) != nil || left.removeValue(forKey: call) != nil {
      note(call, wasRefused: false)
      return []
    }
    // Where the broker ended in the middle of a record, one that says so may be all there is, or the second.
    let isLost = entry.isLostEnd
    if let wasRefused = ended[call] {
      if wasRefused { return [finding(.ranThoughRefused(call: call))] }
      return isLost ? [] : [finding(.again(call: call, .end))]
    }
    let isKnown = isKnown(entry, call)
    older.remove(call)
    note(call, wasRefused: false)
    return isKnown || isLost ? [] : [finding(.undecided(call: call, .end))]
  }

  /// Whether a decision of the call was read, or it was made before the log begins.
  private mutating func isKnown(_ entry: AuditEntry, _ call: String) -> Bool {
    if open[call] != nil || left[call] != nil || ended[call] != nil || older.contains(call) { return true }
    let start = entry.time - Int64(clamping: min(entry.number(.duration) ?? 0, Self.longest))
    guard let begun, start - Self.slack < begun, older.count < Self.mostOpen else { return false }
    older.insert(call)
    olderCount += 1
    return true
  }

  private mutating func note(_ call: String, wasRefused: Bool) {
    if order.count < Self.mostEnded {
      order.append(call)
    } else {
      ended[order[oldest]] = nil
      order[oldest] = call
      oldest = (oldest + 1) % Self.mostEnded
    }
    ended[call] = wasRefused
  }
}

extension AuditEntry {
  /// Whether this is the end of a call that the broker wrote without having seen it: docs/audit.md, "One call, one decision,
  /// one end".
  var isLostEnd: Bool { operation == .end && text(.cause) == "lost" }
}
