import Testing

@testable import Administration

@Suite("Hours in which an agent hardly ever worked")
struct UnusualHoursTests {
  private static let monday = RecordedCalls.monday
  private static let day = RecordedCalls.day
  private static let hour = RecordedCalls.hour

  /// Weeks of office hours, `calls` a day, and one call `late` after the Monday that begins the period.
  private func judgement(days: Int = 28, calls: Int = 10, late: Int64, hours: Range<Int64> = 9..<17)
    -> UnusualHours.Judgement
  {
    var recorded = RecordedCalls()
    for day in 1...Int64(days) {
      for number in 0..<Int64(calls) {
        let hour = hours.lowerBound + number * Int64(hours.count) / Int64(calls)
        recorded.call("a", "df", at: Self.monday - day * Self.day + hour * Self.hour)
      }
    }
    recorded.call("a", "df", at: Self.monday + late)
    guard let agent = recorded.builder.agents["a"] else { return .notEnough }
    return UnusualHours.judge(agent, since: Self.monday)
  }

  private func hours(_ judgement: UnusualHours.Judgement) -> Int? {
    if case .hours(let hours) = judgement { hours.count } else { nil }
  }

  @Test func aCallAtNightIsUnusualForOneThatWorksByDay() {
    #expect(hours(judgement(late: 3 * Self.hour)) == 1)
  }

  @Test func anHourBesideAUsualOneIsNot() {
    #expect(hours(judgement(late: 10 * Self.hour)) == 0)
    #expect(hours(judgement(late: 8 * Self.hour)) == 0)
  }

  @Test func nothingIsSaidWithoutEnoughToCompareWith() {
    #expect(judgement(days: 20, calls: 20, late: 3 * Self.hour) == .notEnough)
    #expect(judgement(days: 28, calls: 7, late: 3 * Self.hour) == .notEnough)
    #expect(judgement(days: 28, calls: 8, late: 3 * Self.hour) != .notEnough)
  }

  @Test func oneThatWorksAroundTheClockHasNoUnusualHours() {
    #expect(judgement(calls: 24, late: 3 * Self.hour, hours: 0..<24) == .aroundTheClock)
  }
}
