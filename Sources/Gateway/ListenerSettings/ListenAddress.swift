public import InternetAddresses

/// Where connections are taken.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
  public var address: IPAddress
  public var port: UInt16

  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// `192.0.2.1:2222` or `[2001:db8::1]:2222`.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let host = text[..<colon]
    let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
    guard bracketed == host.contains(":"),
      let address = IPAddress(String(bracketed ? host.dropFirst().dropLast() : host)), address.zone == nil,
      let port = Self.port(text[text.index(after: colon)...])
    else { return nil }
    self.init(address, port: port)
  }

  /// All addresses of the host, of both kinds.
  public static func everywhere(port: UInt16) -> [ListenAddress] {
    [[UInt8](repeating: 0, count: 16), [0, 0, 0, 0]].compactMap(IPAddress.init(bytes:)).map {
      ListenAddress($0, port: port)
    }
  }

  /// 1 to 65535, in digits.
  static func port(_ text: some StringProtocol) -> UInt16? {
    guard text.allSatisfy({ ("0"..."9").contains($0) }), let port = UInt16(text), port > 0 else { return nil }
    return port
  }

  public var description: String {
    address.isVersion4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
