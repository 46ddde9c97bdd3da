/// The time from which on an agent is not admitted any more.
public struct Expiry: Equatable, Sendable, CustomStringConvertible {
  /// The first second that is too late, in seconds since 1970.
  public let time: Int64
  /// As it is written.
  public let text: String

  public var description: String { text }

  /// Reads a date, `2026-12-31`, which lasts until its end in UTC, or a time with its zone as in RFC 3339, 5.6:
  /// `2026-12-31T18:00:00Z`, `2026-12-31T18:00:00+02:00`. A fraction of a second is left out. Years from 1970 on.
  public init(parsing text: String) throws(ExpiryError) {
    self.text = text
    var reader = FieldReader(rest: text.utf8[...])
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2)
    else { throw .malformed }
    guard (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { throw .noSuchDate }
    let midnight = Self.daysSince1970(year, month, day) * 86_400
    if reader.rest.isEmpty {
      time = midnight + 86_400
      return
    }
    guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2),
      reader.take(":"), let minute = reader.number(2), reader.take(":"), let second = reader.number(2)
    else { throw .malformed }
    if reader.take(".") {
      guard reader.digits() > 0 else { throw .malformed }
    }
    guard hour < 24, minute < 60, second < 60 else { throw .noSuchDate }
    var offset = 0
    if !reader.take("Z"), !reader.take("z") {
      let sign = reader.take("+") ? 1 : reader.take("-") ? -1 : 0
      guard sign != 0 else { throw reader.rest.isEmpty ? .noZone : .malformed }
      guard let hours = reader.number(2), reader.take(":"), let minutes = reader.number(2) else {
        throw .malformed
      }
      guard hours < 24, minutes < 60 else { throw .noSuchDate }
      offset = sign * (hours * 3_600 + minutes * 60)
    }
    guard reader.rest.isEmpty else { throw .malformed }
    time = midnight + Int64(hour * 3_600 + minute * 60 + second - offset)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// In the proleptic Gregorian calendar, with years that begin in March so that the leap day is the last.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let (era, yearOfEra) = shifted.quotientAndRemainder(dividingBy: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }
}

/// Numbers and signs from the front of a text.
private struct FieldReader {
  var rest: Substring.UTF8View

  /// Exactly `count` digits.
  mutating func number(_ count: Int) -> Int? {
    let field = rest.prefix(count)
    guard field.count == count, ByteSet.digits.holdsAll(of: field) else { return nil }
    rest = rest.dropFirst(count)
    return field.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  mutating func digits() -> Int {
    let field = rest.prefix { ByteSet.digits.contains($0) }
    rest = rest.dropFirst(field.count)
    return field.count
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: sign) else { return false }
    rest = rest.dropFirst()
    return true
  }
}

/// Why a text says no time.
public enum ExpiryError: Error, Equatable, Sendable {
  case malformed
  case noSuchDate
  case noZone

  public var message: String {
    switch self {
    case .malformed: "this is not a date or a time"
    case .noSuchDate: "there is no such date or time"
    case .noZone: "the time has no zone"
    }
  }

  public var hint: String {
    "2026-12-31 for the end of that day in UTC, or a time such as 2026-12-31T18:00:00Z"
  }
}
