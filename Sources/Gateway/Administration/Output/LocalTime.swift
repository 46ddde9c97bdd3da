internal import Glibc

/// Points in time as people write them, in the machine's time zone.
enum LocalTime {
  /// `2026-11-21 09:51:17` of milliseconds since 1970.
  static func text(_ milliseconds: Int64) -> String {
    guard let parts = parts(milliseconds) else { return "@\(milliseconds / 1_000)" }
    return CalendarText.text(
      parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second, between: UInt8(ascii: " "))
  }

  /// A time in the calendar.
  struct Parts: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    /// Days since Sunday.
    var weekday: Int
  }

  /// nil for years that the C library does not have.
  static func parts(_ milliseconds: Int64) -> Parts? {
    var seconds = time_t(milliseconds / 1_000)
    var parts = unsafe tm()
    // Both live through the call, which fills the second from the first.
    guard unsafe localtime_r(&seconds, &parts) != nil else { return nil }
    // `tm` counts as unsafe for the zone's name that it points to, which is not used.
    return unsafe Parts(
      year: Int(parts.tm_year) + 1_900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec),
      weekday: Int(parts.tm_wday))
  }

  static var now: Int64 { Int64(time(nil)) * 1_000 }

  /// When the time that `text` names begins, in milliseconds since 1970; nil when it is no ``TimeExpression``.
  static func milliseconds(_ text: String, now: Int64 = now) -> Int64? {
    TimeExpression(text).flatMap { start(of: $0, now: now) }
  }

  /// When the time that `text` names is over: for a day its end, for anything else what ``milliseconds(_:now:)`` says.
  static func end(_ text: String, now: Int64 = now) -> Int64? {
    guard let expression = TimeExpression(text) else { return nil }
    switch expression {
    case .day(let before): return startOfDay(now, daysAfter: 1 - before)
    case .weekday(let day):
      guard let today = parts(now)?.weekday else { return nil }
      return startOfDay(now, daysAfter: 1 - (today - day + 7) % 7)
    case .date(let date): return milliseconds(date.year, date.month, date.day + 1, .init())
    default: return start(of: expression, now: now)
    }
  }

  private static func start(of expression: TimeExpression, now: Int64) -> Int64? {
    switch expression {
    case .ago(let seconds): return now - seconds * 1_000
    case .sinceEpoch(let seconds): return seconds * 1_000
    case .day(let before): return startOfDay(now, daysAfter: -before)
    case .weekday(let day):
      guard let today = parts(now)?.weekday else { return nil }
      return startOfDay(now, daysAfter: -((today - day + 7) % 7))
    case .clock(let clock):
      return parts(now).flatMap { milliseconds($0.year, $0.month, $0.day, clock) }
    case .date(let date): return milliseconds(date.year, date.month, date.day, .init())
    case .moment(let date, let clock, nil): return milliseconds(date.year, date.month, date.day, clock)
    case .moment(let date, let clock, .some(let zone)):
      return utc(date, clock).map { $0 - Int64(zone) * 1_000 }
    }
  }

  private static func startOfDay(_ now: Int64, daysAfter: Int) -> Int64? {
    parts(now).flatMap { milliseconds($0.year, $0.month, $0.day + daysAfter, .init()) }
  }

  /// A day past the month's end is one of the next month.
  private static func milliseconds(
    _ year: Int, _ month: Int, _ day: Int, _ clock: TimeExpression.Clock
  ) -> Int64? {
    var parts = unsafe calendar(year, month, day, clock)
    // It lives through the call, which also normalises it.
    let seconds = unsafe mktime(&parts)
    return seconds == -1 ? nil : Int64(seconds) * 1_000
  }

  private static func utc(_ date: TimeExpression.Date, _ clock: TimeExpression.Clock) -> Int64? {
    var parts = unsafe calendar(date.year, date.month, date.day, clock)
    // As above.
    let seconds = unsafe timegm(&parts)
    return seconds == -1 ? nil : Int64(seconds) * 1_000
  }

  private static func calendar(_ year: Int, _ month: Int, _ day: Int, _ clock: TimeExpression.Clock) -> tm {
    // `tm` counts as unsafe for the zone's name that it points to, which is not used.
    var parts = unsafe tm()
    unsafe parts.tm_year = Int32(year - 1_900)
    unsafe parts.tm_mon = Int32(month - 1)
    unsafe parts.tm_mday = Int32(day)
    unsafe parts.tm_hour = Int32(clock.hour)
    unsafe parts.tm_min = Int32(clock.minute)
    unsafe parts.tm_sec = Int32(clock.second)
    unsafe parts.tm_isdst = -1
    return unsafe parts
  }
}
