internal import AuditReading
internal import AuditSchema

/// Hands records to a report's builder, in the order of the logs. Of the time before the period only decisions matter: its
/// calls are not joined from their records, which spares most of the work of a report with a long baseline.
struct ReportFeed {
  private(set) var builder: ReportBuilder
  private var joiner = CallJoiner()
  /// Calls that were decided before the period and have not ended.
  private var openBefore: Set<UInt64> = []

  init(_ builder: ReportBuilder) { self.builder = builder }

  mutating func add(_ entry: AuditEntry) {
    switch builder.period.place(of: entry.time) {
    case .baseline:
      builder.add(entry)
      addBefore(entry)
    case .inside:
      builder.add(entry)
      addInside(entry)
    // The end of a call that began in the period is told, also when it is later.
    case .later: if entry.operation == .end { addInside(entry) }
    }
  }

  /// When all was read: the calls that have no end.
  mutating func end() -> ReportBuilder {
    for call in joiner.unfinished { builder.add(call) }
    return builder
  }

  private mutating func addBefore(_ entry: AuditEntry) {
    switch entry.operation {
    case .decision:
      builder.addBefore(decision: entry)
      if entry.isSuccess, let id = entry.callNumber { openBefore.insert(id) }
    case .end: if let id = entry.callNumber { openBefore.remove(id) }
    default: break
    }
  }

  private mutating func addInside(_ entry: AuditEntry) {
    if !openBefore.isEmpty, let id = entry.callNumber, openBefore.contains(id) {
      if entry.operation == .end { openBefore.remove(id) }
      return
    }
    if let call = joiner.add(entry) { builder.add(call) }
  }
}

extension AuditEntry {
  /// The id of a call as a number; nil where there is none.
  fileprivate var callNumber: UInt64? {
    guard let digits = bytes(.call), digits.count == 16 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }
}
