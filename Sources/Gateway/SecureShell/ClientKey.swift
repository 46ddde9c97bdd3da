internal import CLibSSH

/// A user's public key as a client presents it: the type's name and the blob in base64, as in a `.pub` file. RFC 4253, 6.6
public struct ClientKey: Equatable, Sendable {
  public var type: String
  public var base64: String

  public init(type: String, base64: String) {
    self.type = type
    self.base64 = base64
  }

  /// nil when libssh cannot write the key down, or has no name for its type.
  init?(_ key: ssh_key) {
    guard let name = unsafe ssh_key_type_to_char(ssh_key_type(key)) else { return nil }
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else {
      return nil
    }
    // Both are NUL-terminated; the second belongs to the caller.
    type = unsafe String(cString: name)
    base64 = unsafe String(cString: text)
    unsafe ssh_string_free_char(text)
  }

  /// Whether keys of this kind are taken at all.
  public var isAcceptable: Bool {
    guard Algorithms.userKeys.contains(type), base64.utf8.count <= Algorithms.longestKey else { return false }
    return type != "ssh-rsa" || (modulusBits ?? 0) >= Algorithms.shortestModulus
  }

  /// Of an RSA key: the blob is the type's name, the exponent and the modulus, each behind its length. RFC 4253, 6.6
  var modulusBits: Int? {
    var rest = Base64.decode(base64)[...]
    var fields: [ArraySlice<UInt8>] = []
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard length <= rest.count else { return nil }
      fields.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    guard rest.isEmpty, fields.count == 3 else { return nil }
    let digits = fields[2].drop { $0 == 0 }
    guard let first = digits.first else { return 0 }
    return digits.count * 8 - first.leadingZeroBitCount
  }
}

/// RFC 4648, 4.
enum Base64 {
  /// What the text stands for, up to the first character that is not of the alphabet.
  static func decode(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 {
      let value: UInt8
      switch character {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - 71
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character + 4
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return bytes
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
