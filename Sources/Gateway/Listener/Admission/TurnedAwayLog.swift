internal import Logging

/// Logs connections that are turned away: a few of each kind in full, the rest of a while as a number. A flood must not
/// flood the journal too.
struct TurnedAwayLog {
  /// Lines of each kind in one while.
  static let most = 5
  /// In nanoseconds.
  static let span: Int64 = 10_000_000_000

  private var began: Int64 = 0
  private var counts: [TurnedAway: Int] = [:]

  /// What to log for one more; nil when it is only counted.
  mutating func add(
    _ cause: TurnedAway, from client: String, detail: String = "", now: Int64
  ) -> String? {
    if counts.isEmpty { began = now }
    counts[cause, default: 0] += 1
    guard counts[cause, default: 0] <= Self.most else { return nil }
    return "turned \(client) away: \(cause.reason)" + (detail.isEmpty ? "" : ": \(detail)")
  }

  /// When ``summary(now:)`` has something to say at the latest; nil when nothing was counted.
  var deadline: Int64? { counts.isEmpty ? nil : began + Self.span }

  /// What was only counted in the while that is over.
  mutating func summary(now: Int64) -> [String] {
    guard let deadline, deadline <= now else { return [] }
    defer { counts = [:] }
    return TurnedAway.allCases.compactMap { cause in
      let more = counts[cause, default: 0] - Self.most
      return more > 0 ? "turned \(more) more away in \(Self.span / 1_000_000_000)s: \(cause.reason)" : nil
    }
  }
}
