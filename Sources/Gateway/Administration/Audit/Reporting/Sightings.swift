/// How often something was met before the period of a report and in it.
struct Sightings: Equatable {
  private(set) var before = 0
  private(set) var inside = 0
  /// In the period, in milliseconds since 1970.
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  /// Whether it was met in the period and never before.
  var isNew: Bool { inside > 0 && before == 0 }

  mutating func note(_ time: Int64, _ place: ReportPeriod.Place) {
    switch place {
    case .baseline: before += 1
    case .inside:
      inside += 1
      first = min(first, time)
      last = max(last, time)
    case .later: break
    }
  }
}

/// Things that were met, no more than a fixed number of them. What was met once stays: what is new could not be told
/// otherwise.
struct SightingTable<Key: Hashable> {
  private(set) var sightings: [Key: Sightings] = [:]
  /// How often something was met for which there was no room.
  private(set) var leftOut = 0
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  mutating func note(_ key: Key, _ time: Int64, _ place: ReportPeriod.Place) {
    if place == .later { return }
    if sightings.count >= capacity, sightings[key] == nil {
      leftOut += 1
    } else {
      sightings[key, default: Sightings()].note(time, place)
    }
  }

  /// Those that the period has, the most frequent first.
  var inPeriod: [(key: Key, sightings: Sightings)] {
    sightings.filter { $0.value.inside > 0 }.map { ($0.key, $0.value) }
  }
}
