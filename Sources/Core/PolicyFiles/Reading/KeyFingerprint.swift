internal import Crypto
public import Policy

extension PublicKey {
  /// `SHA256:…`, as `ssh-keygen -l` prints it.
  public var fingerprint: String {
    "SHA256:" + PublicKey.base64(of: Array(SHA256.hash(data: blob))).prefix { $0 != "=" }
  }
}
