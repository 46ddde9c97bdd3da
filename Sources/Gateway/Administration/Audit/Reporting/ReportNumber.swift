/// Numbers as people read them.
enum ReportNumber {
  /// `12,345`.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }

  /// `42 ms`, `3.1 s`, `12 min`, `4.5 h`, `3.2 d`.
  static func duration(_ milliseconds: UInt64) -> String {
    switch milliseconds {
    case ..<1_000: "\(milliseconds) ms"
    case ..<60_000: "\(tenths(milliseconds, 1_000)) s"
    case ..<3_600_000: "\(tenths(milliseconds, 60_000)) min"
    case ..<86_400_000: "\(tenths(milliseconds, 3_600_000)) h"
    default: "\(tenths(milliseconds, 86_400_000)) d"
    }
  }

  /// `512 B`, `3.1 KiB`, `2.0 GiB`.
  static func bytes(_ bytes: UInt64) -> String {
    switch bytes {
    case ..<1_024: "\(bytes) B"
    case ..<(1 << 20): "\(tenths(bytes, 1 << 10)) KiB"
    case ..<(1 << 30): "\(tenths(bytes, 1 << 20)) MiB"
    case ..<(1 << 40): "\(tenths(bytes, 1 << 30)) GiB"
    default: "\(tenths(bytes, 1 << 40)) TiB"
    }
  }

  /// `12.3 %`; what is there at all is never `0.0 %`.
  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part > 0 else { return "0 %" }
    if part == whole { return "100 %" }
    let tenths = (part * 1_000 + whole / 2) / whole
    return tenths == 0 ? "< 0.1 %" : "\(min(tenths, 999) / 10).\(min(tenths, 999) % 10) %"
  }

  private static func tenths(_ number: UInt64, _ unit: UInt64) -> String {
    let whole = number / unit
    return whole >= 100 ? String(whole) : "\(whole).\(number % unit * 10 / unit)"
  }
}
