internal import Glibc

/// Points in time as people write them, in the machine's time zone.
enum LocalTime {
  /// `2026-11-21 09:51:17` of milliseconds since 1970.
  static func text(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1_000)
    var parts = unsafe tm()
    // Both live through the call, which fills the second from the first.
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "@\(milliseconds / 1_000)" }
    func padded(_ number: Int32, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    // `tm` counts as unsafe for the zone's name that it points to, which is not used.
    return unsafe "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday)) "
      + "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
  }

  static var now: Int64 { Int64(time(nil)) * 1_000 }

  /// Reads `2026-11-21`, `2026-11-21 09:51` with seconds or without and with a `T` for the space, `today`, `yesterday`,
  /// `90m`, `12h`, `7d` (so long ago) and `@1795233534`, as milliseconds since 1970; nil for anything else.
  static func milliseconds(_ text: String, now: Int64 = now) -> Int64? {
    if text == "today" { return startOfDay(now, daysBefore: 0) }
    if text == "yesterday" { return startOfDay(now, daysBefore: 1) }
    if text.hasPrefix("@") { return number(text.dropFirst(), digits: 1...11).map { Int64($0) * 1_000 } }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    if let unit = text.last, let seconds = units[unit] {
      return number(text.dropLast(), digits: 1...6).map { now - Int64($0) * seconds * 1_000 }
    }
    let parts = text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
    let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, date.count == 3, let year = number(date[0], digits: 4...4),
      let month = number(date[1], digits: 2...2), (1...12).contains(month),
      let day = number(date[2], digits: 2...2),
      (1...31).contains(day)
    else { return nil }
    let clock =
      parts.count == 2 ? parts[1].split(separator: ":", omittingEmptySubsequences: false) : ["0", "0"]
    let numbers = clock.compactMap { number($0, digits: 1...2) }
    guard numbers.count == clock.count, (2...3).contains(numbers.count), numbers[0] < 24,
      numbers.dropFirst().allSatisfy({ $0 < 60 })
    else { return nil }
    return seconds(year, month, day, numbers + [0])
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    digits.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ clock: [Int]) -> Int64? {
    // `tm` counts as unsafe for the zone's name that it points to, which is not used.
    var parts = unsafe tm()
    unsafe parts.tm_year = Int32(year - 1_900)
    unsafe parts.tm_mon = Int32(month - 1)
    unsafe parts.tm_mday = Int32(day)
    unsafe parts.tm_hour = Int32(clock[0])
    unsafe parts.tm_min = Int32(clock[1])
    unsafe parts.tm_sec = Int32(clock[2])
    unsafe parts.tm_isdst = -1
    // It lives through the call, which also normalises it.
    let seconds = unsafe mktime(&parts)
    return seconds == -1 ? nil : Int64(seconds) * 1_000
  }

  private static func startOfDay(_ now: Int64, daysBefore: Int) -> Int64? {
    let date = text(now).prefix(10).split(separator: "-").compactMap { Int($0) }
    return date.count == 3 ? seconds(date[0], date[1], date[2] - daysBefore, [0, 0, 0]) : nil
  }
}
