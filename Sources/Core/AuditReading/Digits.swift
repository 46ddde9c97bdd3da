/// Bytes as audit records write them when a value may hold anything: two upper-case digits a byte.
enum Hexadecimal {
  /// Whether there are whole bytes, at least one, and upper-case digits only.
  static func isWellFormed(_ digits: Span<UInt8>) -> Bool {
    guard !digits.isEmpty, digits.count % 2 == 0 else { return false }
    for index in digits.indices where value(of: digits[index]) > 15 { return false }
    return true
  }

  /// Of digits that are well formed.
  static func bytes(_ digits: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    var index = 0
    while index + 1 < digits.count {
      result.append(value(of: digits[index]) << 4 | value(of: digits[index + 1]))
      index += 2
    }
    return result
  }

  /// More than 15 for what is no digit.
  private static func value(of digit: UInt8) -> UInt8 {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: 0xFF
    }
  }
}

/// Whole numbers as records write them.
enum Decimal {
  /// nil unless all bytes are digits and the number has at most 19.
  static func value(of digits: ArraySlice<UInt8>) -> UInt64? {
    guard (1...19).contains(digits.count) else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - 0x30)
    }
    return value
  }
}
