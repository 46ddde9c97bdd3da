/// Calls of a period by hour, day or week.
struct CallSeries {
  enum Unit: String {
    case hour, day, week

    var hours: Int {
      switch self {
      case .hour: 1
      case .day: 24
      case .week: 168
      }
    }
  }

  struct Bucket {
    /// As ``LocalCalendar/hour(of:)`` counts.
    var hour: Int
    var outcomes = OutcomeCounts()
  }

  let unit: Unit
  /// Without gaps; empty when there was no call.
  let buckets: [Bucket]

  /// Buckets run from where the period and the logs begin to where they end. More than `mostBuckets` weeks are not shown.
  static let mostBuckets = 600

  init(_ builder: ReportBuilder) {
    var calendar = LocalCalendar()
    let start = calendar.hour(of: max(builder.period.since, builder.firstRecord ?? 0))
    let end = max(
      start,
      min(
        calendar.hour(of: builder.lastRecord ?? 0),
        builder.period.until.map { calendar.hour(of: $0 - 1) } ?? .max))
    let unit: Unit = end - start < 3 * 24 ? .hour : end - start < 120 * 24 ? .day : .week
    self.unit = unit
    let counts = builder.hours.values
    guard !counts.isEmpty else {
      buckets = []
      return
    }
    // Weeks begin on Mondays; 1970-01-05 was one.
    func place(_ hour: Int) -> Int {
      let shifted = unit == .week ? hour - 96 : hour
      return shifted >= 0 ? shifted / unit.hours : (shifted - unit.hours + 1) / unit.hours
    }
    func hour(_ place: Int) -> Int { place * unit.hours + (unit == .week ? 96 : 0) }
    let last = place(end)
    let first = max(place(start), last - Self.mostBuckets + 1)
    var buckets = (first...last).map { Bucket(hour: hour($0)) }
    for (hour, outcomes) in counts {
      let index = place(hour) - first
      if buckets.indices.contains(index) { buckets[index].outcomes.add(outcomes) }
    }
    self.buckets = buckets
  }

  /// `Sat 21 Nov`, `Sat 21 Nov 14:00`, `week of Mon 16 Nov`.
  func name(_ bucket: Bucket) -> String {
    let day = bucket.hour >= 0 ? bucket.hour / 24 : (bucket.hour - 23) / 24
    let name = LocalCalendar.dayName(day)
    return switch unit {
    case .hour: "\(name) \(LocalCalendar.two(bucket.hour - day * 24)):00"
    case .day: name
    case .week: "week of \(name)"
    }
  }
}
