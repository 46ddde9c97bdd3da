internal import InternetAddresses

/// `interface`: a network interface name, up to IFNAMSIZ - 1 bytes (netdevice(7)).
enum InterfaceType {
  private static let bytes = ByteSet.word.union(ByteSet("-.:@+"))

  static func mismatch(_ value: String) -> TypeMismatch? {
    guard (1...15).contains(value.utf8.count), let first = value.utf8.first, first != UInt8(ascii: "-"),
      value != ".", value != "..", bytes.holdsAll(of: value.utf8)
    else { return TypeMismatch("\(shown(value)) is not an interface name") }
    return nil
  }
}

/// `host`: a name of labels of letters, digits and inner hyphens (RFC 1123, 2.1; underscores as DNS has them), or an
/// address without a prefix.
enum HostType {
  private static let bytes = ByteSet.word.union(ByteSet("-"))

  static func mismatch(_ value: String) -> TypeMismatch? {
    if AddressType.isAddress(value.utf8[...]) { return nil }
    let name = value.utf8.last == UInt8(ascii: ".") ? value.utf8.dropLast() : value.utf8[...]
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let areLabels = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && bytes.holdsAll(of: label)
    }
    guard (1...253).contains(value.utf8.count), areLabels else {
      return TypeMismatch("\(shown(value)) is not a host name or an address")
    }
    return nil
  }
}

/// `address`: IPv4 in four decimal parts, or IPv6 (RFC 4291, 2.2), with `/prefix` or without.
enum AddressType {
  static func mismatch(_ value: String) -> TypeMismatch? {
    let parts = value.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    let bytes = IPAddress.ipv4(parts[0]) ?? IPAddress.ipv6(parts[0])
    let isSound = bytes.map { parts.count == 1 || IPAddress.decimal(parts[1], upTo: $0.count * 8) != nil }
    return isSound == true ? nil : TypeMismatch("\(shown(value)) is not an IP address")
  }

  static func isAddress(_ text: Substring.UTF8View) -> Bool {
    IPAddress.ipv4(text) != nil || IPAddress.ipv6(text) != nil
  }
}
