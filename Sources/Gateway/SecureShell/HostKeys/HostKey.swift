internal import CLibSSH
internal import Glibc

/// A private key by which a server is known.
@safe
public struct HostKey: ~Copyable {
  private let key: OpaquePointer

  private init(owning key: OpaquePointer) {
    unsafe self.key = unsafe key
  }

  deinit {
    unsafe ssh_key_free(key)
  }

  /// A new Ed25519 key, from the operating system's random numbers by way of libssh's crypto library.
  public static func makeEd25519() throws(SecureShellError) -> HostKey {
    var made: OpaquePointer?
    guard unsafe ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) == SSH_OK, let key = unsafe made else {
      throw SecureShellError("ssh_pki_generate", "no key could be made")
    }
    return unsafe HostKey(owning: key)
  }

  /// Reads a private key in one of the PEM forms that libssh knows, OpenSSH's among them. Keys behind a passphrase are
  /// refused like damaged ones: nobody is there to type it.
  public init(pem: [UInt8]) throws(SecureShellError) {
    guard !pem.contains(0) else {
      throw SecureShellError("ssh_pki_import_privkey_base64", "there is a NUL byte in it")
    }
    var read: OpaquePointer?
    var text = pem.map { CChar(bitPattern: $0) }
    text.append(0)
    // The array ends in a NUL and lives through the call. Without a callback an encrypted key is an error.
    guard unsafe ssh_pki_import_privkey_base64(text, "", nil, nil, &read) == SSH_OK, let key = unsafe read,
      unsafe ssh_key_is_private(key) == 1
    else { throw SecureShellError("ssh_pki_import_privkey_base64", "it is damaged, or behind a passphrase") }
    unsafe self.key = unsafe key
  }

  /// The private key in PEM; OpenSSH's own form for Ed25519.
  public func pem() throws(SecureShellError) -> [UInt8] {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_privkey_base64(key, nil, nil, nil, &text) == SSH_OK, let text = unsafe text
    else {
      throw SecureShellError("ssh_pki_export_privkey_base64", "the key could not be written")
    }
    // libssh's string ends in a NUL and belongs to the caller.
    defer { unsafe ssh_string_free_char(text) }
    return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  /// The algorithm's name, such as `ssh-ed25519`. RFC 4253 6.6
  public var type: String {
    // A constant of libssh; nil for a type that it does not know.
    unsafe ssh_key_type_to_char(ssh_key_type(key)).map { unsafe String(cString: $0) } ?? "unknown"
  }

  /// The public half as base64, as it stands in a known_hosts file. sshd(8)
  public func publicBase64() throws(SecureShellError) -> String {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else {
      throw SecureShellError("ssh_pki_export_pubkey_base64", "the public half could not be written")
    }
    // As above.
    defer { unsafe ssh_string_free_char(text) }
    return unsafe String(cString: text)
  }

  /// As ssh-keygen -l prints it: `SHA256:…`.
  public func fingerprint() throws(SecureShellError) -> String {
    var hash: UnsafeMutablePointer<UInt8>?
    var length = 0
    guard unsafe ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0,
      unsafe hash != nil
    else { throw SecureShellError("ssh_get_publickey_hash", "the fingerprint could not be made") }
    defer { unsafe ssh_clean_pubkey_hash(&hash) }
    guard let text = unsafe ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else {
      throw SecureShellError("ssh_get_fingerprint_hash", "the fingerprint could not be made")
    }
    // As above.
    defer { unsafe ssh_string_free_char(text) }
    return unsafe String(cString: text)
  }
}
