/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is the IPv4 address that it maps.
public struct IPAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// 4 or 16 bytes, the most significant first.
  public let bytes: [UInt8]
  /// The zone of a scoped IPv6 address, `eth0` in `fe80::1%eth0` (RFC 4007, 11).
  public let zone: String?

  /// nil unless there are 4 or 16 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.init(whole: bytes)
  }

  init(whole bytes: [UInt8], zone: String? = nil) {
    let isMapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
    self.bytes = isMapped ? Array(bytes.dropFirst(12)) : bytes
    self.zone = isMapped ? nil : zone
  }

  /// Four decimal parts, or IPv6 as in RFC 4291, 2.2, with a zone or without; nil for anything else.
  public init?(_ text: String) {
    guard let (bytes, zone) = Self.parts(of: text.utf8[...]) else { return nil }
    self.init(whole: bytes, zone: zone)
  }

  static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

  /// The bytes as they are written, mapped or not.
  static func parts(of text: Substring.UTF8View) -> (bytes: [UInt8], zone: String?)? {
    let halves = text.split(separator: UInt8(ascii: "%"), maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else {
      return (ipv4(text) ?? ipv6(text)).map { ($0, nil) }
    }
    guard let bytes = ipv6(halves[0]), let zone = String(halves[1]), isZone(halves[1]) else { return nil }
    return (bytes, zone)
  }

  /// The name of an interface, up to IFNAMSIZ - 1 bytes. netdevice(7)
  private static func isZone(_ text: Substring.UTF8View) -> Bool {
    (1...15).contains(text.count) && text.first != UInt8(ascii: "-") && !text.elementsEqual(".".utf8)
      && !text.elementsEqual("..".utf8)
      && text.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "_-.:@+".utf8.contains(byte)
        }
      }
  }

  package static func ipv4(_ text: Substring.UTF8View) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard let number = decimal(part, upTo: 255) else { return nil }
      bytes.append(UInt8(number))
    }
    return bytes
  }

  package static func ipv6(_ text: Substring.UTF8View) -> [UInt8]? {
    guard text.count <= 45 else { return nil }
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (3...9).contains(parts.count) else { return nil }
    var bytes: [UInt8] = []
    var gap: Int?
    // `::` shows as an empty part inside, as two at an end, as three when it is all there is.
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        if index == 0 {
          guard parts[1].isEmpty else { return nil }
        } else if index == parts.count - 1 {
          guard parts[index - 1].isEmpty else { return nil }
        } else {
          guard gap == nil else { return nil }
          gap = bytes.count
        }
      } else if part.count <= 4, part.allSatisfy(isHexadecimal),
        let group = UInt16(Substring(part), radix: 16)
      {
        bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
      } else if index == parts.count - 1, let last = ipv4(part) {
        bytes += last
      } else {
        return nil
      }
    }
    guard let gap else { return bytes.count == 16 ? bytes : nil }
    guard bytes.count <= 14 else { return nil }
    bytes.insert(contentsOf: [UInt8](repeating: 0, count: 16 - bytes.count), at: gap)
    return bytes
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || "abcdefABCDEF".utf8.contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A number of up to three digits without leading zeros.
  package static func decimal(_ text: Substring.UTF8View, upTo maximum: Int) -> Int? {
    guard (1...3).contains(text.count), text.allSatisfy(isDigit),
      text.count == 1 || text.first != UInt8(ascii: "0")
    else { return nil }
    let number = text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return number <= maximum ? number : nil
  }

  public var isVersion4: Bool { bytes.count == 4 }

  /// As RFC 5952 has it.
  public var description: String {
    if isVersion4 { return bytes.map(String.init).joined(separator: ".") }
    let groups = stride(from: 0, to: bytes.count, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }
    // The longest run of two or more zeros, the first of equals.
    var best = 0..<0
    var start = 0
    while start < groups.count {
      let run = groups[start...].prefix { $0 == "0" }
      if run.count > max(best.count, 1) { best = start..<start + run.count }
      start += max(run.count, 1)
    }
    let text =
      best.isEmpty
      ? groups.joined(separator: ":")
      : groups[..<best.lowerBound].joined(separator: ":") + "::"
        + groups[best.upperBound...].joined(separator: ":")
    return text + (zone.map { "%" + $0 } ?? "")
  }
}
