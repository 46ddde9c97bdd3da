/// The time that a report is about. What the logs hold from before it is the baseline.
struct ReportPeriod: Equatable {
  /// In milliseconds since 1970; the first that belongs to it.
  var since: Int64
  /// The first that does not any more; nil for a period without an end.
  var until: Int64?

  enum Place: Equatable {
    case baseline, inside, later
  }

  func place(of time: Int64) -> Place {
    if time < since { return .baseline }
    if let until, time >= until { return .later }
    return .inside
  }
}
