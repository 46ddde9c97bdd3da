import AuditReading
import Testing

@testable import Administration

@Suite("What a report adds up")
struct ReportBuilderTests {
  private static let monday = RecordedCalls.monday
  private static let day = RecordedCalls.day

  @Test func aCallBelongsToTheTimeOfItsFirstRecord() {
    var calls = RecordedCalls(until: Self.monday + Self.day)
    calls.call("a", "df", at: Self.monday - 5)
    calls.call("a", "df", at: Self.monday)
    calls.call("a", "df", at: Self.monday + Self.day - 1)
    calls.call("a", "df", at: Self.monday + Self.day)
    #expect(calls.builder.baseline == Baseline(calls: 1, first: Self.monday - 5))
    #expect(calls.builder.tally.calls == 2)
  }

  @Test(arguments: [
    ("exited", 0, CallOutcome.succeeded), ("exited", 1, .failed), ("signaled", 137, .stopped),
    ("timed-out", 124, .stopped), ("output-limit", 0, .stopped), ("client-gone", 0, .stopped),
    ("revoked", 0, .stopped),
    ("failed", 125, .troubled), ("refused", 126, .troubled), ("lost", 125, .lost),
  ])
  func anEndHasOneOutcome(_ cause: String, _ status: Int, _ outcome: CallOutcome) {
    var calls = RecordedCalls()
    calls.call("a", "df", at: Self.monday, cause: cause, status: status)
    #expect(calls.builder.tally.outcomes[outcome] == 1)
    #expect(calls.builder.tally.calls == 1)
  }

  @Test func theOrderOfRecordsDoesNotMatterForWhatIsNew() {
    var calls = RecordedCalls()
    calls.call("a", "free", at: Self.monday + 5)
    calls.call("a", "df", at: Self.monday + 6)
    calls.call("a", "free", at: Self.monday - Self.day)
    #expect(calls.told == ["new-command a df"])
  }

  @Test func refusedCallsCountForWhatWasMetBefore() {
    var calls = RecordedCalls()
    calls.call("a", "rm -rf /", at: Self.monday - 5, refused: "no")
    calls.call("a", "rm x", at: Self.monday, refused: "no")
    #expect(calls.told == [])
  }

  @Test func eachCommandOfALineCountsOnce() {
    var calls = RecordedCalls()
    calls.call("a", "ps aux | grep x | grep y; df", at: Self.monday)
    #expect(Set(calls.builder.commands.values.keys) == ["ps", "grep", "df"])
    #expect(calls.builder.commands.values["grep"]?.tally.calls == 1)
  }

  @Test func aTableThatIsFullKeepsWhatIsFrequent() {
    var calls = RecordedCalls(newestCalls: 3)
    for number in 0..<12_000 {
      calls.call("a", "df", at: Self.monday + Int64(number))
      calls.call("a", "x\(String(number, radix: 26))y", at: Self.monday + Int64(number), refused: "no")
    }
    let builder = calls.builder
    #expect(builder.tally.calls == 24_000)
    #expect(builder.commands.values["df"]?.tally.calls == 12_000)
    #expect(builder.commands.values.count <= ReportBuilder.mostKinds)
    #expect(
      builder.commands.leftOut + builder.commands.values.values.reduce(0) { $0 + $1.tally.calls } == 24_000)
    #expect(builder.newest.newest.map(\.call.time) == [11_999, 11_999, 11_998].map { Self.monday + $0 })
    #expect(builder.agents["a"]?.commands.sightings.count == AgentRecord.mostCommands)
  }

  @Test func bucketsHaveNoGapsAndReachTheNewestRecord() {
    var calls = RecordedCalls()
    calls.call("a", "df", at: Self.monday + 1)
    calls.call("a", "df", at: Self.monday + 5 * Self.day)
    let series = CallSeries(calls.builder)
    #expect(series.unit == .day)
    #expect(series.buckets.map(\.outcomes.calls).reduce(0, +) == 2)
    #expect(series.buckets.count == 6)
  }

  @Test func aTimeOfThreeDaysIsShownByTheHourAndAYearByTheWeek() {
    var short = RecordedCalls()
    short.call("a", "df", at: Self.monday)
    short.call("a", "df", at: Self.monday + 2 * Self.day)
    #expect(CallSeries(short.builder).unit == .hour)
    var long = RecordedCalls()
    long.call("a", "df", at: Self.monday)
    long.call("a", "df", at: Self.monday + 365 * Self.day)
    let series = CallSeries(long.builder)
    #expect(series.unit == .week)
    #expect(series.buckets.count == 53)
    #expect(series.buckets.allSatisfy { LocalCalendar.hourOfWeek($0.hour) == 0 })
  }
}
