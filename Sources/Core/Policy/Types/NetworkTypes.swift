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
    let isSound: Bool
    if parts.count == 2 {
      isSound =
        (isIPv4(parts[0]) && number(parts[1], upTo: 32)) || (isIPv6(parts[0]) && number(parts[1], upTo: 128))
    } else {
      isSound = isAddress(parts[0])
    }
    return isSound ? nil : TypeMismatch("\(shown(value)) is not an IP address")
  }

  static func isAddress(_ text: Substring.UTF8View) -> Bool { isIPv4(text) || isIPv6(text) }

  private static func number(_ text: Substring.UTF8View, upTo maximum: Int) -> Bool {
    guard (1...3).contains(text.count), ByteSet.digits.holdsAll(of: text),
      text.count == 1 || text.first != UInt8(ascii: "0")
    else { return false }
    return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= maximum
  }

  private static func isIPv4(_ text: Substring.UTF8View) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { number($0, upTo: 255) }
  }

  private static let hexadecimal = ByteSet("abcdefABCDEF").union(.digits)

  private static func isIPv6(_ text: Substring.UTF8View) -> Bool {
    guard text.count <= 45 else { return false }
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (3...9).contains(parts.count), let last = parts.last else { return false }
    // `::` shows as an empty part inside, as two at an end, as three when it is all there is.
    var groups = 0
    var gaps = 0
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        let isEdge =
          index == 0 ? parts[1].isEmpty : index == parts.count - 1 ? parts[index - 1].isEmpty : false
        if index == 0 || index == parts.count - 1 {
          guard isEdge else { return false }
        } else {
          gaps += 1
        }
      } else if part.count <= 4, hexadecimal.holdsAll(of: part) {
        groups += 1
      } else if index == parts.count - 1, isIPv4(last) {
        groups += 2
      } else {
        return false
      }
    }
    return gaps == 0 ? groups == 8 : gaps == 1 && groups <= 7
  }
}
