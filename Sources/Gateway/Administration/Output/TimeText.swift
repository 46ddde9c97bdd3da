/// Times as text, for many that lie close together: the calendar is asked once a second of them.
struct TimeText {
  private var local = (second: Int64.min, text: "")
  private var utc = (second: Int64.min, text: "")

  /// `2026-11-21 09:51:17`, in the machine's time zone.
  mutating func local(_ milliseconds: Int64) -> String {
    let second = max(0, milliseconds) / 1_000
    if second != local.second { local = (second, LocalTime.text(second * 1_000)) }
    return local.text
  }

  /// `2026-11-21T08:51:17.250Z`. RFC 3339
  mutating func utc(_ milliseconds: Int64) -> String {
    let second = max(0, milliseconds) / 1_000
    if second != utc.second {
      utc = (second, String(UTCTime(secondsSince1970: UInt64(second)).description.dropLast()))
    }
    let rest = max(0, milliseconds) % 1_000
    return utc.text + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + String(rest) + "Z"
  }
}
