/// What a server offers and takes, each by the name that IANA or OpenSSH gave it; nothing is left to libssh's defaults.
/// RFC 4253, RFC 8332, RFC 8709, RFC 8731
enum Algorithms {
  static let keyExchange = [
    "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521", "diffie-hellman-group18-sha512", "diffie-hellman-group16-sha512",
    "diffie-hellman-group14-sha256",
  ]
  static let ciphers = [
    "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr",
    "aes192-ctr", "aes128-ctr",
  ]
  /// Encrypt-then-MAC only.
  static let authenticationCodes = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
  /// Those whose keys are there are offered. `ssh-rsa`, which signs with SHA-1, is not among them.
  static let hostKeys = [
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
    "rsa-sha2-256",
  ]
  /// With which algorithms a user may sign.
  static let userSignatures = [
    "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "rsa-sha2-512", "rsa-sha2-256",
  ]
  /// The types of the keys that make these signatures: certificates are not among them, since libssh parses them and
  /// checks no authority.
  static let userKeys: Set<String> = [
    "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
  ]
  /// Of RSA keys, in bits.
  static let shortestModulus = 3072

  /// Of a public key in base64, in bytes: RSA of 16,384 bits takes 2,800.
  static let longestKey = 4096

  static func list(_ names: [String]) -> String { names.joined(separator: ",") }
}
