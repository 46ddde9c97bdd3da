internal import Glibc

/// Hours and days of the machine's time zone, many times in a row.
struct LocalCalendar {
  /// The quarter of an hour that `offset` holds for: no zone changes its clock in between.
  private var quarter = Int64.min
  private var offset: Int64 = 0

  /// The hour of a point in time, counted from 1970-01-01 00:00 by the clock on the wall. An hour that the end of summer
  /// time repeats is one hour.
  mutating func hour(of milliseconds: Int64) -> Int {
    let seconds = Self.divided(milliseconds, by: 1_000)
    let quarter = Self.divided(seconds, by: 900)
    if quarter != self.quarter {
      self.quarter = quarter
      offset = Self.offset(at: seconds)
    }
    return Int(Self.divided(seconds + offset, by: 3_600))
  }

  /// 0 is the hour that begins on Monday at midnight, 167 the last of Sunday.
  static func hourOfWeek(_ hour: Int) -> Int {
    // 1970-01-01 was a Thursday.
    let place = (hour + 3 * 24) % 168
    return place < 0 ? place + 168 : place
  }

  static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sat 21 Nov` of a day since 1970.
  static func dayName(_ day: Int) -> String {
    let (_, month, date) = UTCTime.date(daysSince1970: day)
    return "\(weekdays[hourOfWeek(day * 24) / 24]) \(date) \(months[month - 1])"
  }

  /// `2026-11-21` of a day since 1970.
  static func isoDate(_ day: Int) -> String {
    let (year, month, date) = UTCTime.date(daysSince1970: day)
    return "\(year)-\(two(month))-\(two(date))"
  }

  /// `2026-11-21 14:00` of an hour since 1970.
  static func text(ofHour hour: Int) -> String {
    let day = Int(divided(Int64(hour), by: 24))
    return "\(isoDate(day)) \(two(hour - day * 24)):00"
  }

  /// `Sat 14:00` of an hour of the week.
  static func weekHourName(_ hour: Int) -> String { "\(weekdays[hour / 24 % 7]) \(two(hour % 24)):00" }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  private static func divided(_ number: Int64, by divisor: Int64) -> Int64 {
    number >= 0 ? number / divisor : (number - divisor + 1) / divisor
  }

  private static func offset(at seconds: Int64) -> Int64 {
    var time = time_t(seconds)
    var parts = unsafe tm()
    // Both live through the call, which fills the second from the first.
    guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
    // `tm` counts as unsafe for the zone's name that it points to, which is not used.
    return unsafe Int64(parts.tm_gmtoff)
  }
}
