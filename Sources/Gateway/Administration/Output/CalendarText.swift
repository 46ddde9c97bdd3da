/// Dates and times of day in digits, for texts that hold very many.
enum CalendarText {
  /// `2026-11-21 09:51:17`, with that byte between date and time.
  static func text(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int, between: UInt8
  ) -> String {
    guard (0...9_999).contains(year) else { return "\(year)-\(month)-\(day) \(hour):\(minute):\(second)" }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(19)
    append(year / 100, to: &bytes)
    append(year % 100, to: &bytes)
    for (mark, number) in [("-", month), ("-", day), ("", hour), (":", minute), (":", second)]
      as [(String, Int)]
    {
      bytes.append(mark.utf8.first ?? between)
      append(number, to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10 % 10))
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }
}
