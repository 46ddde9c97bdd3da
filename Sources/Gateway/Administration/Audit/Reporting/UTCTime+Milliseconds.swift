extension UTCTime {
  /// `2026-11-21T09:51:19.123Z` of milliseconds since 1970. RFC 3339
  static func text(_ milliseconds: Int64) -> String {
    let milliseconds = UInt64(max(0, milliseconds))
    let fraction = String(milliseconds % 1_000)
    let whole = UTCTime(secondsSince1970: milliseconds / 1_000).description.dropLast()
    return "\(whole).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)Z"
  }
}
