internal import Crypto
internal import Foundation
internal import Wire

/// The key that a client proved to have, as sshd reports it.
struct PresentedKey: Equatable, Sendable {
  let type: String
  /// As in a `.pub` file.
  let base64: String

  /// Why it is not known who calls.
  enum Failure: Error, Equatable {
    case notExposed
    case notPublicKey
    case severalKeys
    case certificate
    case malformed

    var message: String {
      switch self {
      case .notExposed: "sshd does not say with which key the client authenticated"
      case .notPublicKey: "the client did not authenticate with a key"
      case .severalKeys: "the client authenticated with several keys"
      case .certificate: "the client authenticated with a certificate"
      case .malformed: "sshd's account of the authentication is not understood"
      }
    }

    var hint: String {
      switch self {
      case .notExposed: "set `ExposeAuthInfo yes` for this user in sshd_config(5)"
      case .notPublicKey, .severalKeys, .malformed:
        "set `AuthenticationMethods publickey` for this user in sshd_config(5)"
      case .certificate: "use the plain key that the policy names for the agent"
      }
    }
  }

  /// Reads what the file of SSH_USER_AUTH holds: a line for each method that succeeded, `publickey` followed by the
  /// key. sshd_config(5), ExposeAuthInfo
  init(authentication: [UInt8]) throws(Failure) {
    let lines = authentication.split(separator: UInt8(ascii: "\n"))
    guard !lines.isEmpty else { throw .notExposed }
    let keys = lines.filter { $0.starts(with: Array("publickey ".utf8)) }
    guard let line = keys.first else { throw .notPublicKey }
    guard keys.count == 1 else { throw .severalKeys }
    let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 3 else { throw .malformed }
    if words[1].hasSuffix("-cert-v01@openssh.com") { throw .certificate }
    guard Data(base64Encoded: words[2]) != nil else { throw .malformed }
    type = words[1]
    base64 = words[2]
  }

  /// The key of which a session says that the client proved to have it.
  init(_ key: SessionKey) {
    type = key.type
    base64 = key.base64
  }

  /// `SHA256:…`, as `ssh-keygen -l` prints it.
  var fingerprint: String {
    let digest = SHA256.hash(data: Data(base64Encoded: base64) ?? Data())
    let text = Data(digest).base64EncodedString()
    return "SHA256:" + text.prefix { $0 != "=" }
  }
}
