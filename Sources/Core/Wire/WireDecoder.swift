/// Takes fields off a message, front to back. No input makes it trap.
public struct WireDecoder: Sendable {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  public var isAtEnd: Bool { remaining == 0 }

  private var remaining: Int { bytes.count - position }

  public mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type = Integer.self
  ) throws(WireError) -> Integer {
    let size = Integer.bitWidth / 8
    guard remaining >= size else { throw .truncated }
    var value: Integer = 0
    for offset in 0..<size {
      value |= Integer(truncatingIfNeeded: bytes[position + offset]) << Integer(8 * offset)
    }
    position += size
    return value
  }

  public mutating func flag(_ field: WireField) throws(WireError) -> Bool {
    switch try integer(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw .unknownTag(field, other)
    }
  }

  /// An enumeration without payloads, by its tag.
  public mutating func tag<Tag: RawRepresentable<UInt8>>(_ field: WireField) throws(WireError) -> Tag {
    let raw = try integer(UInt8.self)
    guard let tag = Tag(rawValue: raw) else { throw .unknownTag(field, raw) }
    return tag
  }

  public mutating func byteString(_ field: WireField, atMost limit: Int) throws(WireError) -> [UInt8] {
    let length = try count(field, atMost: limit)
    defer { position += length }
    return Array(bytes[position..<position + length])
  }

  public mutating func optionalByteString(
    _ field: WireField, atMost limit: Int
  ) throws(WireError) -> [UInt8]? {
    guard try flag(field) else { return nil }
    return try byteString(field, atMost: limit)
  }

  public mutating func byteStrings(
    _ field: WireField, atMost limit: Int, eachAtMost length: Int
  ) throws(WireError) -> [[UInt8]] {
    let count = try count(field, atMost: limit)
    var values: [[UInt8]] = []
    for _ in 0..<count { values.append(try byteString(field, atMost: length)) }
    return values
  }

  /// UTF-8 of at most ``WireLimit/text`` bytes.
  public mutating func text(_ field: WireField) throws(WireError) -> String {
    try string(field, atMost: WireLimit.text)
  }

  /// UTF-8 that is not text for people: a name.
  public mutating func string(_ field: WireField, atMost limit: Int) throws(WireError) -> String {
    let utf8 = try byteString(field, atMost: limit)
    guard let text = String(validating: utf8, as: UTF8.self) else { throw .badUTF8(field) }
    return text
  }

  public mutating func list<Element: WireCodable>(
    _ field: WireField, atMost limit: Int
  ) throws(WireError) -> [Element] {
    let count = try count(field, atMost: limit)
    var values: [Element] = []
    for _ in 0..<count { values.append(try Element(from: &self)) }
    return values
  }

  /// A count of things that take a byte or more each, so that it is bounded by the bytes left.
  mutating func count(_ field: WireField, atMost limit: Int) throws(WireError) -> Int {
    let count = Int(try integer(UInt32.self))
    guard count <= limit else { throw .tooLong(field) }
    guard count <= remaining else { throw .truncated }
    return count
  }
}
