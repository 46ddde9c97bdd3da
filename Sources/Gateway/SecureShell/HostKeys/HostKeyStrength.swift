/// Which keys a server of Keyhole shows.
public enum HostKeyStrength {
  public static let leastRSABits = 3072

  /// What is wrong with a key; nil when it may be used: Ed25519, ECDSA, or RSA with enough bits.
  public static func complaint(about key: borrowing HostKey) throws(SecureShellError) -> String? {
    switch key.type {
    case "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521": return nil
    case "ssh-rsa":
      let bits = modulusBits(of: try key.publicBase64())
      return bits >= leastRSABits
        ? nil : "it is an RSA key of \(bits) bits, and \(leastRSABits) are the least"
    case let type: return "it is of type \(type)"
    }
  }

  /// The third field of an RSA key's public half is its modulus. RFC 4253 6.6
  static func modulusBits(of base64: String) -> Int {
    var rest = decoded(base64)[...]
    var field: ArraySlice<UInt8> = []
    for _ in 0..<3 {
      guard rest.count >= 4 else { return 0 }
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard rest.count >= length else { return 0 }
      field = rest.prefix(length)
      rest = rest.dropFirst(length)
    }
    let digits = field.drop { $0 == 0 }
    return digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
  }

  /// RFC 4648 4. What is no digit is skipped: the text is libssh's own.
  private static func decoded(_ base64: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits = 0
    var count = 0
    for character in base64.utf8 {
      let digit: Int
      switch character {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = Int(character) - 65
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = Int(character) - 71
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(character) + 4
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      default: continue
      }
      bits = (bits << 6 | digit) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }
}
