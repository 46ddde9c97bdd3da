import Testing

@testable import Administration

@Suite struct UTCTimeTests {
  @Test(
    "seconds are a date and a time, leap days included",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"),
      (1_078_099_199, "2004-02-29T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_795_233_534, "2026-11-21T03:58:54Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(UInt64, String)])
  func dates(seconds: UInt64, expected: String) {
    #expect(UTCTime(secondsSince1970: seconds).description == expected)
  }

  @Test func noNumberTraps() { #expect(!UTCTime(secondsSince1970: .max).description.isEmpty) }
}
