/// Hours of the week in which an agent worked and in which it hardly ever had before.
///
/// The rule, as docs/audit-report.md has it: the baseline must hold at least ``fewestCalls`` calls of the agent and
/// reach back ``fewestDays`` days from the period, and the agent must not be one that works around the clock. Then an hour is unusual when
/// no more than one in ``rarity`` of the agent's earlier calls were in that hour of the week, the one before or the one after.
enum UnusualHours {
  static let fewestCalls = 200
  static let fewestDays = 21
  /// Who was met in so many hours of the week has no usual ones.
  static let aroundTheClock = 120
  static let rarity = 500

  struct Hour: Equatable {
    /// 0 is the hour that begins on Monday at midnight.
    var hour: Int
    var calls: Int
    /// The last of them, in milliseconds since 1970.
    var last: Int64
    /// Earlier calls in that hour and its neighbours.
    var before: Int
  }

  enum Judgement: Equatable {
    /// There is too little to compare with.
    case notEnough
    case aroundTheClock
    case hours([Hour])
  }

  static func judge(_ agent: AgentRecord, since: Int64) -> Judgement {
    let total = agent.seen.before
    guard total >= fewestCalls, since - agent.firstEver >= Int64(fewestDays) * 86_400_000 else {
      return .notEnough
    }
    let week = agent.weekBefore
    if week.count(where: { $0 > 0 }) >= Self.aroundTheClock { return .aroundTheClock }
    let hours = week.indices.compactMap { hour -> Hour? in
      let calls = Int(agent.weekInside[hour])
      guard calls > 0 else { return nil }
      let before = Int(week[(hour + 167) % 168]) + Int(week[hour]) + Int(week[(hour + 1) % 168])
      guard before * rarity <= total else { return nil }
      return Hour(hour: hour, calls: calls, last: agent.weekLast[hour] ?? 0, before: before)
    }
    return .hours(hours)
  }
}
