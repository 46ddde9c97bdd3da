/// The addresses that begin with the same bits.
public struct Network: Hashable, Sendable, CustomStringConvertible {
  /// With zeros behind the prefix.
  public let base: IPAddress
  /// In bits.
  public let prefix: Int

  /// The network of this size around an address; a prefix that is too long is the whole address.
  public init(of address: IPAddress, prefix: Int) {
    self.prefix = max(0, min(prefix, address.bytes.count * 8))
    var bytes = address.bytes
    for index in bytes.indices {
      let kept = max(0, min(8, self.prefix - index * 8))
      bytes[index] &= UInt8(truncatingIfNeeded: 0xFF00 >> kept)
    }
    // Masking keeps the count, and an IPv6 address masked to look mapped still compares equal to its like.
    base = IPAddress(bytes: bytes) ?? address
  }

  /// `10.0.0.0/8`, or an address alone; nil when bits behind the prefix are set.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    let longest = address.bytes.count * 8
    var prefix = longest
    if parts.count == 2 {
      guard let number = Int(parts[1]), (0...longest).contains(number) else { return nil }
      prefix = number
    }
    self.init(of: address, prefix: prefix)
    guard base == address else { return nil }
  }

  public func contains(_ address: IPAddress) -> Bool {
    address.bytes.count == base.bytes.count && Network(of: address, prefix: prefix) == self
  }

  public var description: String {
    prefix == base.bytes.count * 8 ? "\(base)" : "\(base)/\(prefix)"
  }
}
