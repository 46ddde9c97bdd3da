/// An OpenSSH user certificate (OpenSSH's PROTOCOL.certkeys): a key, whom it stands for, and who says so.
///
/// Nothing is verified here. sshd verifies the signature and the critical options before the certificate comes here.
public struct UserCertificate: Equatable, Sendable {
  /// With its `-cert-v01@openssh.com`.
  public let type: String
  /// The key that is certified.
  public let key: PublicKey
  public let serial: UInt64
  /// What the authority calls it.
  public let keyID: String
  public let principals: [String]
  /// The first second at which it is valid, since 1970.
  public let validAfter: Int64
  /// The first second at which it is valid no more; nil for never.
  public let validBefore: Int64?
  /// Names of the options that who does not know them must refuse.
  public let criticalOptions: [String]
  public let extensions: [String]
  /// Who signed it.
  public let authority: PublicKey

  static let suffix = "-cert-v01@openssh.com"
  /// OpenSSH reads no certificate with more (sshkey.h, SSHKEY_CERT_MAX_PRINCIPALS).
  static let mostPrincipals = 256

  /// Reads the whole of `blob`.
  public init(_ blob: [UInt8]) throws(UserCertificateError) {
    var reader = KeyBlobReader(blob)
    guard let type = reader.text(), let plain = Self.plainType(of: type) else { throw .notCertificate }
    self.type = type
    guard reader.bytes() != nil else { throw .malformed }
    let before = reader.rest
    do throws(PublicKeyError) {
      try KeyFields.read(plain, from: &reader)
      let name = Array(plain.utf8)
      let fields = before.prefix(before.count - reader.rest.count)
      key = try PublicKey(blob: [0, 0, 0, UInt8(name.count)] + name + fields)
    } catch {
      throw .key(error)
    }
    guard let serial = reader.uint64(), let role = reader.uint32(), let keyID = reader.text(),
      let principals = reader.bytes(), let after = reader.uint64(), let end = reader.uint64(),
      let critical = reader.bytes(), let extensions = reader.bytes(), reader.bytes() != nil,
      let authority = reader.bytes(), let signature = reader.bytes(), !signature.isEmpty, reader.isAtEnd
    else { throw .malformed }
    guard role == 1 else { throw .notForUsers }
    self.serial = serial
    self.keyID = keyID
    self.principals = try Self.principals(in: principals)
    validAfter = Int64(clamping: after)
    validBefore = end == .max ? nil : Int64(clamping: end)
    criticalOptions = try Self.optionNames(in: critical)
    self.extensions = try Self.optionNames(in: extensions)
    do throws(PublicKeyError) {
      self.authority = try PublicKey(blob: Array(authority))
    } catch {
      throw .authority(error)
    }
  }

  /// As in a `.pub` file: the second field.
  public init(base64: String) throws(UserCertificateError) {
    guard let blob = Base64.decode(base64) else { throw .malformed }
    try self.init(blob)
  }

  private static func plainType(of type: String) -> String? {
    guard type.hasSuffix(suffix) else { return nil }
    let name = String(type.dropLast(suffix.count))
    let plain = name.hasPrefix("sk-") ? name + "@openssh.com" : name
    return PublicKey.types.contains(plain) ? plain : nil
  }

  private static func principals(in bytes: ArraySlice<UInt8>) throws(UserCertificateError) -> [String] {
    var reader = KeyBlobReader(bytes)
    var names: [String] = []
    while !reader.isAtEnd {
      guard let name = reader.text(), names.count < mostPrincipals else { throw .malformed }
      names.append(name)
    }
    return names
  }

  private static func optionNames(in bytes: ArraySlice<UInt8>) throws(UserCertificateError) -> [String] {
    var reader = KeyBlobReader(bytes)
    var names: [String] = []
    while !reader.isAtEnd {
      guard let name = reader.text(), reader.bytes() != nil else { throw .malformed }
      names.append(name)
    }
    return names
  }
}

/// Why a blob is no certificate of a user.
public enum UserCertificateError: Error, Equatable, Sendable {
  case notCertificate
  case malformed
  /// It certifies a host.
  case notForUsers
  /// The key that it certifies.
  case key(PublicKeyError)
  /// The key that signed it.
  case authority(PublicKeyError)

  public var message: String {
    switch self {
    case .notCertificate: "this is not a certificate"
    case .malformed: "the certificate is not well-formed"
    case .notForUsers: "the certificate is a host's, not a user's"
    case .key(let error): "the certified key is not usable: \(error.message)"
    case .authority(let error): "the certificate's authority is not usable: \(error.message)"
    }
  }
}
