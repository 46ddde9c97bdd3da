internal import Crypto

/// What joins each record of Keyhole to the one before it, so that an altered or missing record shows.
///
/// The value of a record is the first 16 bytes of the SHA-256 of the value before and of the record itself: docs/audit.md,
/// "The chain".
public struct RecordChain: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// 16 of them.
  public let bytes: [UInt8]

  /// Before the first record.
  public static let none = RecordChain(bytes: [UInt8](repeating: 0, count: size))

  public static let size = 16

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// nil unless there are ``size`` bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size else { return nil }
    self.bytes = bytes
  }

  /// nil unless the text is 32 digits of `0–9 a–f`.
  public init?(hexadecimal text: some Collection<UInt8>) {
    self.init(hexadecimal: Array(text).span)
  }

  /// As above.
  public init?(hexadecimal digits: Span<UInt8>) {
    guard digits.count == 2 * Self.size else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    var high: UInt8?
    for index in digits.indices {
      let value: UInt8
      switch digits[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digits[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digits[index] - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.bytes = bytes
  }

  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * Self.size)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The value of the record that follows this one.
  ///
  /// `text` is the record's own fields as they stand in it, from `op=` to the number of `seq=`. `address`, `terminal` and
  /// `result` are the values of the fields that libaudit appends.
  public func following(
    type: AuditRecordType, text: [UInt8], address: [UInt8], terminal: [UInt8], result: [UInt8]
  ) -> RecordChain {
    let name = type.name
    var message: [UInt8] = []
    message.reserveCapacity(
      bytes.count + name.utf8CodeUnitCount + text.count + address.count + terminal.count + 16)
    message += bytes
    // The name's bytes live for ever.
    name.withUTF8Buffer { unsafe message.append(contentsOf: $0) }
    for part in [text, address, terminal, result] {
      message.append(UInt8(ascii: "\n"))
      message += part
    }
    return RecordChain(bytes: Array(SHA256.hash(data: message).prefix(Self.size)))
  }
}
