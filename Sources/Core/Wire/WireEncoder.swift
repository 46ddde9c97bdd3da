/// Appends fields to a message.
public struct WireEncoder: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) {
    for shift in stride(from: 0, to: Integer.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
    }
  }

  public mutating func flag(_ value: Bool) {
    bytes.append(value ? 1 : 0)
  }

  public mutating func byteString(_ value: [UInt8]) {
    count(value.count)
    bytes.append(contentsOf: value)
  }

  public mutating func optionalByteString(_ value: [UInt8]?) {
    flag(value != nil)
    if let value { byteString(value) }
  }

  public mutating func byteStrings(_ values: [[UInt8]]) {
    count(values.count)
    for value in values { byteString(value) }
  }

  /// Text for people: cut between two characters of UTF-8 and ended with `…` when it is above ``WireLimit/text``, since
  /// a reason that is too long is better shortened than lost.
  public mutating func text(_ value: String) {
    let utf8 = Array(value.utf8)
    guard utf8.count > WireLimit.text else { return byteString(utf8) }
    let ellipsis = Array("…".utf8)
    var end = WireLimit.text - ellipsis.count
    while end > 0, utf8[end] & 0xC0 == 0x80 { end -= 1 }
    byteString(utf8[..<end] + ellipsis)
  }

  public mutating func list<Element: WireCodable>(_ values: [Element]) {
    count(values.count)
    for value in values { value.encode(to: &self) }
  }

  mutating func count(_ count: Int) {
    integer(UInt32(clamping: count))
  }
}
