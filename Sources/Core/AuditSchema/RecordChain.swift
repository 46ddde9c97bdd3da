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
    guard text.count == 2 * Self.size else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    var high: UInt8?
    for digit in text {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
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
    var hash = SHA256()
    hash.update(data: bytes)
    hash.update(data: Array(type.name.description.utf8))
    for part in [text, address, terminal, result] {
      hash.update(data: [UInt8(ascii: "\n")])
      hash.update(data: part)
    }
    return RecordChain(bytes: Array(hash.finalize().prefix(Self.size)))
  }
}
