import Testing

@testable import Administration

@Suite("Times as people write them")
struct TimeExpressionTests {
  @Test(arguments: [
    ("now", TimeExpression.ago(0)), ("90m", .ago(5_400)), ("2 hours ago", .ago(7_200)),
    ("2h ago", .ago(7_200)),
    ("an hour ago", .ago(3_600)), ("a day ago", .ago(86_400)), ("15 min ago", .ago(900)),
    ("1 week ago", .ago(604_800)),
    ("30s", .ago(30)), ("3 Days Ago", .ago(259_200)), ("@1795262400", .sinceEpoch(1_795_262_400)),
    ("today", .day(before: 0)), ("Yesterday", .day(before: 1)), ("monday", .weekday(1)), ("Sun", .weekday(0)),
    ("14:00", .clock(.init(hour: 14))), ("9:05:07", .clock(.init(hour: 9, minute: 5, second: 7))),
    ("2026-11-21", .date(.init(year: 2026, month: 11, day: 21))),
    ("2024-02-29", .date(.init(year: 2024, month: 2, day: 29))),
    ("2026-11-21 14:00", .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14), zone: nil)),
    (
      "2026-11-21T14:00:05",
      .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14, second: 5), zone: nil)
    ),
    (
      "2026-11-21T14:00:05.250Z",
      .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14, second: 5), zone: 0)
    ),
    ("2026-11-21 14:00+01:00", .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14), zone: 3_600)),
    (
      "2026-11-21 14:00 -0330", .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14), zone: -12_600)
    ),
    ("2026-11-21 14:00 UTC", .moment(.init(year: 2026, month: 11, day: 21), .init(hour: 14), zone: 0)),
  ])
  func aTimeIsUnderstood(_ text: String, _ expected: TimeExpression) {
    #expect(TimeExpression(text) == expected)
  }

  @Test(arguments: [
    "", " ", "soon", "tomorrow", "m", "-1h", "1.5h", "1 fortnight ago", "ago", "2 hours", "25:00", "14:60",
    "14",
    "14:0", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-04-31", "26-11-21", "1969-12-31",
    "2026-11-21T",
    "2026-11-21 14", "2026-11-21 14:00+25:00", "2026-11-21 14:00 14:00", "@", "@x", "@999999999999", "mo",
    "mondays",
    "14:00Z", "2026-11-21 14:00:05.", "٣h", "9999999h",
  ])
  func anythingElseIsNoTime(_ text: String) { #expect(TimeExpression(text) == nil) }

  /// 2026-11-21 is a Saturday.
  @Test func daysBeginAndEndAtMidnight() throws {
    let now = try #require(LocalTime.milliseconds("2026-11-21 15:30"))
    let midnight = try #require(LocalTime.milliseconds("2026-11-21 00:00"))
    let day: Int64 = 86_400_000
    #expect(LocalTime.milliseconds("today", now: now) == midnight)
    #expect(LocalTime.end("today", now: now) == midnight + day)
    #expect(LocalTime.milliseconds("yesterday", now: now) == midnight - day)
    #expect(LocalTime.end("yesterday", now: now) == midnight)
    #expect(LocalTime.milliseconds("saturday", now: now) == midnight)
    #expect(LocalTime.milliseconds("friday", now: now) == midnight - day)
    #expect(LocalTime.milliseconds("sunday", now: now) == midnight - 6 * day)
    #expect(LocalTime.end("2026-11-20", now: now) == midnight)
    #expect(LocalTime.end("2026-12-31", now: now) == LocalTime.milliseconds("2027-01-01"))
    #expect(LocalTime.milliseconds("15:00", now: now) == now - 1_800_000)
    #expect(LocalTime.end("15:00", now: now) == now - 1_800_000)
    #expect(LocalTime.milliseconds("2026-11-21T12:00:00Z") == 1_795_262_400_000)
    #expect(LocalTime.milliseconds("2026-11-21T13:00:00+01:00") == 1_795_262_400_000)
  }
}
