/// A point in time, or a day, as people write it. What it means depends on when and in which time zone it is read:
/// ``LocalTime``.
enum TimeExpression: Equatable {
  /// `now`, `90m`, `2 hours ago`: seconds before now.
  case ago(Int64)
  /// `@1795233534`: seconds since 1970.
  case sinceEpoch(Int64)
  /// `today`, `yesterday`: that many days before today.
  case day(before: Int)
  /// `monday`: the last one that has begun, today included. Days since Sunday.
  case weekday(Int)
  /// `14:00`: today.
  case clock(Clock)
  /// `2026-11-21`: the whole day.
  case date(Date)
  /// `2026-11-21 14:00`, in the machine's time zone, or as far east of UTC as `zone` says, in seconds.
  case moment(Date, Clock, zone: Int?)

  struct Date: Equatable {
    var year: Int
    var month: Int
    var day: Int
  }

  struct Clock: Equatable {
    var hour = 0
    var minute = 0
    var second = 0
  }

  /// For hints.
  static let examples =
    "'2 hours ago', 90m, 7d, today, yesterday, monday, 14:00, 2026-11-21, '2026-11-21 14:00', 2026-11-21T14:00:05Z"

  private static let units: [(names: [String], seconds: Int64)] = [
    (["s", "sec", "second"], 1), (["m", "min", "minute"], 60), (["h", "hour"], 3_600),
    (["d", "day"], 86_400),
    (["w", "week"], 604_800),
  ]

  private static let weekdays = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ]

  /// nil for anything else.
  init?(_ text: String) {
    let words = text.lowercased().split(separator: " ").map(String.init)
    switch words.count {
    case 1:
      guard let found = Self.single(words[0]) else { return nil }
      self = found
    case 2 where words[1] != "ago":
      guard let date = Self.date(words[0]), let (clock, zone) = Self.clockAndZone(words[1]) else {
        return nil
      }
      self = .moment(date, clock, zone: zone)
    case 2:
      guard let seconds = Self.span(words[0]) else { return nil }
      self = .ago(seconds)
    case 3 where words[2] == "ago":
      let count = words[0] == "a" || words[0] == "an" ? 1 : Self.number(words[0][...], digits: 1...6)
      guard let count, let unit = Self.unit(words[1]) else { return nil }
      self = .ago(Int64(count) * unit)
    case 3:
      guard let date = Self.date(words[0]), let (clock, none) = Self.clockAndZone(words[1]), none == nil,
        let zone = Self.zone(words[2][...])
      else { return nil }
      self = .moment(date, clock, zone: zone)
    default: return nil
    }
  }

  private static func single(_ word: String) -> TimeExpression? {
    switch word {
    case "now": return .ago(0)
    case "today": return .day(before: 0)
    case "yesterday": return .day(before: 1)
    default: break
    }
    if word.hasPrefix("@") { return number(word.dropFirst(), digits: 1...11).map { .sinceEpoch(Int64($0)) } }
    if let seconds = span(word) { return .ago(seconds) }
    if word.utf8.count >= 3, let day = weekdays.firstIndex(where: { $0 == word || $0.prefix(3) == word }) {
      return .weekday(day)
    }
    if let date = date(word) { return .date(date) }
    if let (clock, zone) = clockAndZone(word), zone == nil { return .clock(clock) }
    guard let middle = word.firstIndex(of: "t"), let date = date(String(word[..<middle])),
      let (clock, zone) = clockAndZone(String(word[word.index(after: middle)...]))
    else { return nil }
    return .moment(date, clock, zone: zone)
  }

  /// `90m`
  private static func span(_ word: String) -> Int64? {
    let digits = word.prefix { ("0"..."9").contains($0) }
    guard let count = number(digits, digits: 1...6), let unit = unit(String(word.dropFirst(digits.count)))
    else { return nil }
    return Int64(count) * unit
  }

  private static func unit(_ word: String) -> Int64? {
    units.first { unit in unit.names.contains { $0 == word || $0.count > 1 && $0 + "s" == word } }?.seconds
  }

  private static func date(_ word: String) -> Date? {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let year = number(parts[0], digits: 4...4), year >= 1970,
      let month = number(parts[1], digits: 2...2), let day = number(parts[2], digits: 2...2),
      (1...12).contains(month), (1...days(of: month, year)).contains(day)
    else { return nil }
    return Date(year: year, month: month, day: day)
  }

  private static func days(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `14:00`, `14:00:05`, `14:00:05.250`, each with `z` or `+01:00` behind it or not.
  private static func clockAndZone(_ word: String) -> (Clock, Int?)? {
    let clock = word.prefix { ("0"..."9").contains($0) || $0 == ":" || $0 == "." }
    let rest = word[clock.endIndex...]
    let offset = rest.isEmpty ? nil : zone(rest)
    guard rest.isEmpty || offset != nil else { return nil }
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = number(parts[0], digits: 1...2), hour < 24,
      let minute = number(parts[1], digits: 2...2), minute < 60
    else { return nil }
    var second = 0
    if parts.count == 3 {
      // A fraction is read and left out.
      let fraction = parts[2].split(separator: ".", omittingEmptySubsequences: false)
      guard fraction.count <= 2, let whole = number(fraction[0], digits: 2...2), whole < 60,
        fraction.count == 1 || number(fraction[1], digits: 1...9) != nil
      else { return nil }
      second = whole
    }
    return (Clock(hour: hour, minute: minute, second: second), offset)
  }

  /// `z`, `utc`, `+01:00`, `-0330`, `+01`: seconds east of UTC.
  private static func zone(_ word: Substring) -> Int? {
    if word == "z" || word == "utc" { return 0 }
    guard let sign = word.first, sign == "+" || sign == "-" else { return nil }
    let digits = word.dropFirst().filter { $0 != ":" }
    guard digits.count == 2 || digits.count == 4, let hours = number(digits.prefix(2), digits: 2...2),
      hours <= 14,
      let minutes = digits.count == 2 ? 0 : number(digits.suffix(2), digits: 2...2), minutes < 60
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    digits.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
