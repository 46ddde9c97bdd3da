/// A public key in OpenSSH form (RFC 4253, 6.6; sshd(8), AUTHORIZED_KEYS FILE FORMAT, without options).
public struct PublicKey: Equatable, Hashable, Sendable {
  public let type: String
  /// The key itself in base64, padded: what tells keys apart.
  public let base64: String
  public let comment: String

  public static let types: Set<String> = [
    "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
  ]

  /// Reads `ssh-ed25519 AAAA… comment`.
  public init(parsing text: String) throws(PublicKeyError) {
    guard !text.contains("PRIVATE KEY") else { throw .privateKey }
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
    guard let type = parts.first else { throw .empty }
    if type.hasSuffix("-cert-v01@openssh.com") { throw .certificate }
    guard Self.types.contains(type) else {
      if parts.dropFirst().contains(where: Self.types.contains) || type.contains("=") { throw .options }
      throw .unknownType(type)
    }
    guard parts.count > 1, let blob = Base64.decode(parts[1]) else { throw .notBase64 }
    guard Self.fieldSizes(of: blob, type: type) != nil else { throw .malformed(type) }
    self.type = type
    base64 = parts[1]
    comment = parts.count > 2 ? parts[2] : ""
  }

  /// The sizes of the length-prefixed fields after the type's name; nil when the blob is not of the type.
  private static func fieldSizes(of blob: [UInt8], type: String) -> [Int]? {
    var sizes: [Int] = []
    var position = 0
    while position < blob.count {
      guard blob.count - position >= 4 else { return nil }
      let size = blob[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      position += 4
      guard size <= blob.count - position else { return nil }
      if sizes.isEmpty, !blob[position..<position + size].elementsEqual(type.utf8) { return nil }
      sizes.append(size)
      position += size
    }
    let fields = Array(sizes.dropFirst())
    switch type {
    case "ssh-ed25519": return fields == [32] ? fields : nil
    // Exponent and modulus, of which 2,048 bits take 257 bytes with their sign.
    case "ssh-rsa": return fields.count == 2 && fields[1] >= 257 ? fields : nil
    default: return fields.count >= 1 ? fields : nil
    }
  }

  public static func == (left: PublicKey, right: PublicKey) -> Bool { left.base64 == right.base64 }

  public func hash(into hasher: inout Hasher) { hasher.combine(base64) }
}

/// Why a text is no public key. No case repeats the text, which may be a secret.
public enum PublicKeyError: Error, Equatable, Sendable {
  case empty
  case privateKey
  case certificate
  case options
  case unknownType(String)
  case notBase64
  case malformed(String)

  public var message: String {
    switch self {
    case .empty: "the key is empty"
    case .privateKey: "this is a private key"
    case .certificate: "this is a certificate, not a key"
    case .options: "options before the key are not allowed here"
    case .unknownType: "unknown key type"
    case .notBase64: "the key is not valid base64"
    case .malformed(let type): "the key is not a well-formed \(type) key"
    }
  }

  public var hint: String {
    switch self {
    case .privateKey: "put the line of the .pub file here; replace the exposed key with a new one"
    case .options: "write only the type, the key and a comment; keyhole sets the restrictions itself"
    case .certificate: "put the public key that it certifies here"
    case .unknownType: "one of " + PublicKey.types.sorted().joined(separator: ", ")
    case .empty, .notBase64, .malformed:
      "copy the whole line of the .pub file, such as `ssh-ed25519 AAAA… name`"
    }
  }
}

/// Base64 with padding (RFC 4648, 4), strict.
enum Base64 {
  static func decode(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count % 4 == 0 else { return nil }
    let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
    var result: [UInt8] = []
    var buffer = 0
    var bits = 0
    for byte in bytes.dropLast(padding) {
      guard let value = value(of: byte) else { return nil }
      buffer = (buffer << 6 | value) & 0xFFFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    // Left-over bits would let one key be written in two ways.
    return buffer & ((1 << bits) - 1) == 0 ? result : nil
  }

  private static func value(of byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
