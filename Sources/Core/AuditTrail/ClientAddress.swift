/// An IP address as text, as it stands in SSH_CONNECTION: what `addr=` may hold.
public struct ClientAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// nil unless the text looks like an address: hexadecimal digits, `.` and `:`, for IPv6 also `%` and an interface
  /// name; at most 45 bytes, since libaudit cuts the rest (INET6_ADDRSTRLEN). A name never passes, so that none is ever
  /// resolved.
  public init?(_ text: String) {
    guard text.utf8.count <= 45 else { return nil }
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first, address.utf8.count >= 2, address.utf8.allSatisfy(Self.isAddressByte),
      address.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") })
    else { return nil }
    if parts.count == 2 {
      let zone = parts[1].utf8
      guard !zone.isEmpty, address.utf8.contains(UInt8(ascii: ":")),
        zone.allSatisfy({ AuditToken.isAllowed($0) && $0 != UInt8(ascii: "/") })
      else { return nil }
    }
    description = text
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    "0123456789abcdefABCDEF.:".utf8.contains(byte)
  }
}
