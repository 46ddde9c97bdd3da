/// Times as text, for many that lie close together: the calendar is asked once a second of them.
struct TimeText {
  private var second = Int64.min
  private var local = ""
  private var utc = ""

  /// `2026-11-21 09:51:17`, in the machine's time zone.
  mutating func local(_ milliseconds: Int64) -> String {
    turn(to: milliseconds)
    return local
  }

  /// `2026-11-21T08:51:17.250Z`. RFC 3339
  mutating func utc(_ milliseconds: Int64) -> String {
    turn(to: milliseconds)
    let rest = String(max(0, milliseconds) % 1_000)
    return utc + "." + String(repeating: "0", count: 3 - rest.utf8.count) + rest + "Z"
  }

  private mutating func turn(to milliseconds: Int64) {
    let wanted = max(0, milliseconds) / 1_000
    guard wanted != second else { return }
    second = wanted
    local = LocalTime.text(wanted * 1_000)
    utc = String(UTCTime(secondsSince1970: UInt64(wanted)).description.dropLast())
  }
}
