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
    guard !PrivateKeyText.occurs(in: text) else { throw .privateKey }
    let parts = text.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
      .map(String.init)
    guard let type = parts.first else { throw .empty }
    if type.hasSuffix(UserCertificate.suffix) { throw .certificate }
    guard Self.types.contains(type) else {
      if parts.dropFirst().contains(where: Self.types.contains) || type.contains("=") { throw .options }
      throw type == "ssh-dss" ? .dsa : .unknownType(type)
    }
    guard parts.count > 1, let blob = Base64.decode(parts[1]) else { throw .notBase64 }
    self.type = try Self.type(of: blob, expected: type)
    base64 = parts[1]
    comment = parts.count > 2 ? parts[2] : ""
  }

  /// The key that a blob holds, without a comment.
  init(blob: [UInt8]) throws(PublicKeyError) {
    type = try Self.type(of: blob)
    base64 = Base64.encode(blob)
    comment = ""
  }

  /// The type that a blob names, once the whole of it is a sound key of this type.
  private static func type(of blob: [UInt8], expected: String? = nil) throws(PublicKeyError) -> String {
    var reader = KeyBlobReader(blob)
    guard let type = reader.text(), expected == nil || type == expected else {
      throw .malformed(expected ?? "public")
    }
    try KeyFields.read(type, from: &reader)
    guard reader.isAtEnd else { throw .malformed(type) }
    return type
  }

  /// As a `.pub` file has it.
  public var line: String { type + " " + base64 + (comment.isEmpty ? "" : " " + comment) }

  /// What `base64` stands for.
  public var blob: [UInt8] { Base64.decode(base64) ?? [] }

  /// Bytes in base64 with padding.
  public static func base64(of bytes: [UInt8]) -> String { Base64.encode(bytes) }

  public static func == (left: PublicKey, right: PublicKey) -> Bool { left.base64 == right.base64 }

  public func hash(into hasher: inout Hasher) { hasher.combine(base64) }
}

/// Whether a text is, or has in it, what must stay with its owner.
public enum PrivateKeyText {
  /// The armour of PEM, the beginning of an OpenSSH private key without its armour (`openssh-key-v1` in base64), and of a
  /// PuTTY key.
  private static let marks = ["PRIVATE KEY", "b3BlbnNzaC1rZXktdj", "PuTTY-User-Key-File", "Private-Lines:"]
    .map {
      Array($0.utf8)
    }

  public static func occurs(in text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    return marks.contains { mark in
      bytes.indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
    }
  }

  public static func occurs(in text: String) -> Bool { occurs(in: text.utf8) }
}

/// Why a text is no public key. No case repeats the text, which may be a secret.
public enum PublicKeyError: Error, Equatable, Sendable {
  case empty
  case privateKey
  case certificate
  case options
  case dsa
  case unknownType(String)
  case notBase64
  case malformed(String)
  case weak(bits: Int)

  public var message: String {
    switch self {
    case .empty: "the key is empty"
    case .privateKey: "this is a private key"
    case .certificate: "this is a certificate, not a key"
    case .options: "options before the key are not allowed here"
    case .dsa: "DSA keys are too weak"
    case .unknownType: "unknown key type"
    case .notBase64: "the key is not valid base64"
    case .malformed(let type): "the key is not a well-formed \(type) key"
    case .weak(let bits): "the key has \(bits) bits, and RSA keys need \(KeyFields.fewestRSABits)"
    }
  }

  public var hint: String {
    switch self {
    case .privateKey: "put the line of the .pub file here; replace the exposed key with a new one"
    case .options:
      "write only the type, the key and a comment: keyhole sets the restrictions itself, and `from` and `expires` are keys of the agent"
    case .certificate:
      "put the public key that it certifies here, or list its authority below `certificate-authorities` and its principal below `principals`"
    case .dsa, .weak: "make another: ssh-keygen -t ed25519"
    case .unknownType: "one of " + PublicKey.types.sorted().joined(separator: ", ")
    case .empty, .notBase64, .malformed:
      "copy the whole line of the .pub file, such as `ssh-ed25519 AAAA… name`"
    }
  }
}
