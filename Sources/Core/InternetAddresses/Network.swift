/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
///
/// A network with a zone (`fe80::%eth0/64`, RFC 4007, 11.7) holds addresses of this zone only, one without a zone those of all.
public struct Network: Equatable, Hashable, Sendable, CustomStringConvertible {
  public let base: IPAddress
  /// How many leading bits of `base` count.
  public let prefix: Int

  /// Reads `ADDRESS` or `ADDRESS/BITS`.
  public init(_ text: String) throws(NetworkError) {
    let halves = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress.parts(of: halves[0]) else { throw .malformed }
    let width = address.bytes.count * 8
    var prefix = width
    if halves.count == 2 {
      guard let number = IPAddress.decimal(halves[1], upTo: width) else {
        throw .prefix(most: width)
      }
      prefix = number
    }
    let network = Self.masked(address.bytes, prefix)
    let isMapped =
      address.bytes.count == 16 && prefix >= 96 && address.bytes.starts(with: IPAddress.mappedPrefix)
    base = IPAddress(whole: network, zone: address.zone)
    self.prefix = isMapped ? prefix - 96 : prefix
    if network != address.bytes {
      throw .hostBits(
        meant: description, address: IPAddress(whole: address.bytes, zone: address.zone).description)
    }
  }

  /// The network of this size around an address, of any zone; a prefix that is too long is the whole address.
  public init(of address: IPAddress, prefix: Int) {
    self.prefix = max(0, min(prefix, address.bytes.count * 8))
    base = IPAddress(whole: Self.masked(address.bytes, self.prefix))
  }

  public func contains(_ address: IPAddress) -> Bool {
    address.bytes.count == base.bytes.count && (base.zone == nil || base.zone == address.zone)
      && Self.masked(address.bytes, prefix) == base.bytes
  }

  /// Whether every address of `other` is one of this network.
  public func covers(_ other: Network) -> Bool {
    prefix <= other.prefix && contains(other.base)
  }

  private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(8, max(0, prefix - index * 8))
      return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
    }
  }

  /// The canonical form, without the prefix for a single address.
  public var description: String {
    prefix == base.bytes.count * 8 ? base.description : "\(base)/\(prefix)"
  }
}

/// Why a text is no network.
public enum NetworkError: Error, Equatable, Sendable {
  case malformed
  /// The number behind `/` is not one from 0 to `most`.
  case prefix(most: Int)
  /// Bits behind the prefix are set.
  case hostBits(meant: String, address: String)

  public var message: String {
    switch self {
    case .malformed: "this is not an IP address or a network"
    case .prefix(let most): "a network has from 0 to \(most) bits"
    case .hostBits(_, let address): "the network has bits of a host set: \(address) is one address in it"
    }
  }

  public var hint: String {
    switch self {
    case .malformed, .prefix: "such as 10.0.0.0/8, 192.0.2.7, 2001:db8::/32 or fe80::%eth0/64"
    case .hostBits(let meant, let address):
      "write \(meant) for the network, or \(address) for this address alone"
    }
  }
}
