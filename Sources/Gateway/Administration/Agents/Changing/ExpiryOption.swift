internal import Kernel
internal import Policy

/// `--expires`: a date, a time with its zone, or how long from now: `30d`, `2w`, `12h`.
enum ExpiryOption {
  /// As the policy has it.
  static func text(_ option: String, now: Int64 = MonotonicClock.wallClock / 1_000_000_000)
    throws(AgentFailure) -> String
  {
    if let text = fromNow(option, now) { return text }
    let expiry: Expiry
    do throws(ExpiryError) {
      expiry = try Expiry(parsing: option)
    } catch {
      throw AgentFailure(
        message: "--expires: \(error.message)", hint: error.hint + ", or 30d, 2w, 12h from now")
    }
    guard expiry.time > now else {
      throw AgentFailure(message: "--expires: \(expiry) has passed already")
    }
    return option
  }

  /// Days and weeks until the end of that day, hours to the second.
  private static func fromNow(_ option: String, _ now: Int64) -> String? {
    guard let unit = option.last, let count = Int64(option.dropLast()), (1...100_000).contains(count),
      option.utf8.first != UInt8(ascii: "+")
    else { return nil }
    let hours: [Character: Int64] = ["h": 1, "d": 24, "w": 168]
    guard let factor = hours[unit] else { return nil }
    let time = UTCTime(secondsSince1970: UInt64(max(0, now + count * factor * 3_600))).description
    return unit == "h" ? time : String(time.prefix(10))
  }
}
