internal import Crypto
internal import Foundation
internal import Policy
internal import Wire

/// The key that a client proved to have, by itself or in a certificate.
struct PresentedKey: Equatable, Sendable {
  /// What the policy judges.
  let credential: PresentedCredential
  /// The second field of the `.pub` file of the key itself: of a certificate, that of the key which it certifies.
  private let base64: String

  /// Why it is not known who calls.
  enum Failure: Error, Equatable {
    case notExposed
    case notPublicKey
    case severalKeys
    case certificate(UserCertificateError)
    case malformed

    var message: String {
      switch self {
      case .notExposed: "sshd does not say with which key the client authenticated"
      case .notPublicKey: "the client did not authenticate with a key"
      case .severalKeys: "the client authenticated with several keys"
      case .certificate(let error): error.message
      case .malformed: "sshd's account of the authentication is not understood"
      }
    }

    var hint: String {
      switch self {
      case .notExposed: "set `ExposeAuthInfo yes` for this user in sshd_config(5)"
      case .notPublicKey, .severalKeys, .malformed:
        "set `AuthenticationMethods publickey` for this user in sshd_config(5)"
      case .certificate: "have another signed, or use the plain key that the policy names for the agent"
      }
    }
  }

  /// The key of which a session says that the client proved to have it. The embedded server takes no certificates.
  init(_ key: SessionKey) {
    credential = .key(type: key.type, base64: key.base64)
    base64 = key.base64
  }

  /// Reads what the file of SSH_USER_AUTH holds: a line for each method that succeeded, `publickey` followed by the
  /// key or the certificate. sshd_config(5), ExposeAuthInfo
  init(authentication: [UInt8]) throws(Failure) {
    let lines = authentication.split(separator: UInt8(ascii: "\n"))
    guard !lines.isEmpty else { throw .notExposed }
    let keys = lines.filter { $0.starts(with: Array("publickey ".utf8)) }
    guard let line = keys.first else { throw .notPublicKey }
    guard keys.count == 1 else { throw .severalKeys }
    let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 3, Data(base64Encoded: words[2]) != nil else { throw .malformed }
    guard words[1].hasSuffix("-cert-v01@openssh.com") else {
      credential = .key(type: words[1], base64: words[2])
      base64 = words[2]
      return
    }
    do throws(UserCertificateError) {
      let certificate = try UserCertificate(base64: words[2])
      guard certificate.type == words[1] else { throw .malformed }
      credential = .certificate(certificate)
      base64 = certificate.key.base64
    } catch {
      throw .certificate(error)
    }
  }

  /// `SHA256:…`, as `ssh-keygen -l` prints it.
  var fingerprint: String {
    let digest = SHA256.hash(data: Data(base64Encoded: base64) ?? Data())
    let text = Data(digest).base64EncodedString()
    return "SHA256:" + text.prefix { $0 != "=" }
  }
}
