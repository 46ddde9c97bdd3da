internal import Kernel

/// A time of day and date in UTC, as `2026-11-21T09:51:19Z`. RFC 3339
struct UTCTime: CustomStringConvertible, Equatable {
  let description: String

  init(secondsSince1970 seconds: UInt64) {
    let ofDay = seconds % 86_400
    let date = Self.date(daysSince1970: Int(min(seconds / 86_400, 100_000_000)))
    description =
      CalendarText.text(
        date.year, date.month, date.day, Int(ofDay / 3600), Int(ofDay / 60 % 60), Int(ofDay % 60),
        between: UInt8(ascii: "T")) + "Z"
  }

  /// In the proleptic Gregorian calendar, counting years from March, so that a leap day is a year's last.
  static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSince1970 + 719_468
    let era = days / 146_097
    let ofEra = days % 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * ofYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, ofYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}

extension UTCTime {
  static var now: UTCTime {
    UTCTime(secondsSince1970: UInt64(max(0, MonotonicClock.wallClock) / 1_000_000_000))
  }
}
