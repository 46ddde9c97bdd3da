internal import AuditReading

/// What one agent did, before the period of a report and in it.
final class AgentRecord {
  /// More than that of one agent are counted, and no longer told apart. The limits are each agent's own, so that one that
  /// makes up names takes no room from others.
  static let mostCommands = 1_000
  static let mostKeys = 200
  static let mostAddresses = 500

  /// nil for keys that belong to no agent.
  let name: String?
  private(set) var tally = CallTally()
  private(set) var seen = Sightings()
  /// When it was met first in all that was read.
  private(set) var firstEver = Int64.max
  private(set) var commands = SightingTable<String>(capacity: mostCommands)
  private(set) var keys = SightingTable<String>(capacity: mostKeys)
  private(set) var addresses = SightingTable<String>(capacity: mostAddresses)
  /// Calls by hour of the week, before and in the period.
  private(set) var weekBefore = [Int32](repeating: 0, count: 168)
  private(set) var weekInside = [Int32](repeating: 0, count: 168)
  /// By hour of the week, when the last call of the period was.
  private(set) var weekLast: [Int: Int64] = [:]

  init(name: String?) { self.name = name }

  /// Notes a call, and when it was: of the period, ``add(_:_:)`` follows.
  func note(_ sight: CallSight, hour: Int, _ place: ReportPeriod.Place) {
    firstEver = min(firstEver, sight.time)
    seen.note(sight.time, place)
    if let key = sight.key { keys.note(key, sight.time, place) }
    if let address = sight.address { addresses.note(address, sight.time, place) }
    for command in sight.shape?.commands ?? [] { commands.note(command, sight.time, place) }
    let weekHour = LocalCalendar.hourOfWeek(hour)
    if place == .baseline {
      weekBefore[weekHour] += 1
    } else {
      weekInside[weekHour] += 1
      weekLast[weekHour] = max(weekLast[weekHour] ?? .min, sight.time)
    }
  }

  func add(_ call: AuditedCall, _ outcome: CallOutcome) { tally.add(call, outcome) }
}

/// Who came when, from where, and for what.
struct CallSight {
  var time: Int64
  var key: String?
  var address: String?
  /// nil when no record of the decision was read.
  var shape: LineShape?
}
