internal import AuditSchema

/// One `name=value` of a message, as it stands there.
struct LogField: Equatable {
  /// libaudit writes it as it stands, or in hexadecimal.
  private static let encoded = Set(AuditFieldName.allCases.filter(\.isEncoded).map(\.rawValue) + ["exe"])

  let name: String
  /// The value without quotes.
  let raw: [UInt8]
  /// The value itself.
  let decoded: [UInt8]

  /// Nil when the bytes are no field, or its value is in none of the forms that the field can have.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals > bytes.startIndex else { return nil }
    let nameBytes = bytes[..<equals]
    guard nameBytes.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }) else { return nil }
    name = String(decoding: nameBytes, as: UTF8.self)
    let value = Array(bytes[(equals + 1)...])
    let quote = UInt8(ascii: "\"")
    if value.first == quote {
      guard value.count >= 2, value.last == quote, !value.dropFirst().dropLast().contains(quote) else {
        return nil
      }
      raw = Array(value.dropFirst().dropLast())
      decoded = raw
      return
    }
    guard !value.isEmpty, value.allSatisfy(Self.isPlain) else { return nil }
    raw = value
    if Self.encoded.contains(name) {
      guard let bytes = Self.decode(value) else { return nil }
      decoded = bytes
    } else {
      decoded = value
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
  }

  /// Upper-case hexadecimal, two digits a byte; nil for anything else.
  private static func decode(_ digits: [UInt8]) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
      result.append(high << 4 | low)
    }
    return result
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
