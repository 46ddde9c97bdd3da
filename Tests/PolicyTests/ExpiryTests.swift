import Policy
import Testing

@Suite("An expiry")
struct ExpiryTests {
  @Test(
    "is a date until its end in UTC, or a time with its zone",
    arguments: [
      ("1970-01-01", 86_400), ("2026-12-31", 1_798_761_600), ("2024-02-29", 1_709_251_200),
      ("2026-12-31T18:00:00Z", 1_798_740_000), ("2026-12-31t18:00:00.25z", 1_798_740_000),
      ("2026-12-31 18:00:00+02:00", 1_798_732_800), ("2026-12-31T18:00:00-05:30", 1_798_759_800),
      ("2000-03-01", 951_955_200), ("9999-12-31", 253_402_300_800),
    ] as [(String, Int64)])
  func times(text: String, expected: Int64) throws {
    #expect(try Expiry(parsing: text).time == expected)
  }

  @Test(
    "is nothing else",
    arguments: [
      ("", .malformed), ("31.12.2026", .malformed), ("2026-1-1", .malformed), ("2026-02-29", .noSuchDate),
      ("2026-13-01", .noSuchDate), ("2026-04-31", .noSuchDate), ("1969-12-31", .noSuchDate),
      ("2026-12-31T24:00:00Z", .noSuchDate), ("2026-12-31T23:59:60Z", .noSuchDate),
      ("2026-12-31T18:00:00", .noZone), ("2026-12-31T18:00", .malformed),
      ("2026-12-31T18:00:00+2", .malformed),
      ("2026-12-31T18:00:00+24:00", .noSuchDate), ("2026-12-31Z", .malformed), ("2026-12-31 ", .malformed),
      ("2026-12-31T18:00:00.Z", .malformed), ("30d", .malformed),
    ] as [(String, ExpiryError)])
  func mistakes(text: String, expected: ExpiryError) {
    #expect(throws: expected) { try Expiry(parsing: text) }
  }
}
