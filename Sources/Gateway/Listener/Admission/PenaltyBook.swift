internal import InternetAddresses
internal import ListenerSettings

/// What sources are kept out for, and until when. Times are nanoseconds of one monotonic clock.
///
/// As in OpenSSH's srclimit.c: what a connection did lengthens its source's penalty, and from a threshold on the source is
/// kept out until it is over. The book has an upper size, since a client with many addresses would else fill the memory.
struct PenaltyBook {
  private struct Entry {
    var end: Int64
    var isKeptOut: Bool
  }

  private var entries: [Network: Entry] = [:]
  var settings: Penalties

  init(_ settings: Penalties) { self.settings = settings }

  var count: Int { entries.count }

  /// Whether connections of this source are turned away at `now`.
  mutating func keepsOut(_ source: Network, now: Int64) -> Bool {
    guard settings.isOn, let entry = entries[source] else { return false }
    if entry.end <= now {
      entries[source] = nil
      return false
    }
    return entry.isKeptOut && !isExempt(source)
  }

  /// Adds to a source's penalty; true when the source is kept out from now on and was not before.
  mutating func add(_ milliseconds: Int, to source: Network, now: Int64) -> Bool {
    guard settings.isOn, milliseconds > 0, !isExempt(source) else { return false }
    var entry = entries[source] ?? Entry(end: now, isKeptOut: false)
    if entry.end <= now { entry = Entry(end: now, isKeptOut: false) }
    entry.end = min(entry.end + Int64(milliseconds) * 1_000_000, now + Int64(settings.maximum) * 1_000_000)
    let isNew = !entry.isKeptOut && entry.end - now >= Int64(settings.threshold) * 1_000_000
    if isNew { entry.isKeptOut = true }
    if entries[source] == nil { makeRoom(now: now) }
    entries[source] = entry
    return isNew
  }

  /// A source is exempt as a whole: when an exempt network holds all of it, or it holds an exempt network.
  private func isExempt(_ source: Network) -> Bool {
    settings.exempt.contains { $0.contains(source.base) || source.contains($0.base) }
  }

  /// When the book is full, forgets what is over, or else the sixteenth part that would be over first: a part, so that a
  /// flood of sources does not sort the book for each of them.
  private mutating func makeRoom(now: Int64) {
    guard entries.count >= settings.sources else { return }
    entries = entries.filter { $0.value.end > now }
    guard entries.count >= settings.sources else { return }
    let ends = entries.values.map(\.end).sorted()
    let last = ends[max(0, ends.count / 16 - 1)]
    entries = entries.filter { $0.value.end > last }
  }
}
