/// `count A..B`: a decimal number. No leading zero, which some tools take for octal.
enum CountType {
  static func mismatch(_ value: String, range: ClosedRange<Int>) -> TypeMismatch? {
    var digits = Substring(value)
    let isSigned = range.lowerBound < 0 && (digits.utf8.first.map { "+-".utf8.contains($0) } ?? false)
    if isSigned { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.count <= 18, ByteSet.digits.holdsAll(of: digits.utf8),
      digits.utf8.count == 1 || digits.utf8.first != UInt8(ascii: "0"), let number = Int(value)
    else {
      return TypeMismatch("\(shown(value)) is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    guard range.contains(number) else {
      return TypeMismatch("\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return nil
  }
}

/// `pid`: a process id, up to PID_MAX_LIMIT (proc(5), /proc/sys/kernel/pid_max).
enum PidType {
  static func mismatch(_ value: String) -> TypeMismatch? {
    CountType.mismatch(value, range: 1...4_194_304) == nil
      ? nil : TypeMismatch("\(shown(value)) is not a process id")
  }
}

/// `duration`: up to nine digits and a unit, ms s m min h d w.
enum DurationType {
  private static let units: [String] = ["ms", "s", "m", "min", "h", "d", "w"]

  static func mismatch(_ value: String) -> TypeMismatch? {
    let digits = value.utf8.prefix { ByteSet.digits.contains($0) }
    let unit = String(Substring(value.utf8[digits.endIndex...]))
    guard (1...9).contains(digits.count), units.contains(unit) else {
      return TypeMismatch(
        "\(shown(value)) is not a duration",
        hint: "a number and one of \(units.joined(separator: " ")), such as 10s")
    }
    return nil
  }
}

/// `size`: up to fifteen digits and a unit: `c`, `w`, `b` as find has them, or k M G T P with `B` or `iB` or neither.
/// A leading `+` or `-` compares, as in `find -size +10M`.
enum SizeType {
  static func mismatch(_ value: String) -> TypeMismatch? {
    var rest = Substring(value).utf8
    if let sign = rest.first, "+-".utf8.contains(sign) { rest.removeFirst() }
    let digits = rest.prefix { ByteSet.digits.contains($0) }
    var unit = rest[digits.endIndex...]
    if let first = unit.first, "kKMGTP".utf8.contains(first) {
      unit.removeFirst()
      if unit.first == UInt8(ascii: "i"), unit.count == 2 { unit.removeFirst() }
      if unit.first == UInt8(ascii: "B") { unit.removeFirst() }
    } else if let first = unit.first, "cwbB".utf8.contains(first) {
      unit.removeFirst()
    }
    guard (1...15).contains(digits.count), unit.isEmpty else {
      return TypeMismatch(
        "\(shown(value)) is not a size", hint: "a number and a unit, such as 100k, 10M or 1GiB")
    }
    return nil
  }
}
