/// Reads the fields of keys and certificates from the front (RFC 4251, 5: strings and numbers).
struct KeyBlobReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) {
    rest = Array(bytes)[...]
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func uint32() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }

  mutating func uint64() -> UInt64? { number(8) }

  private mutating func number(_ size: Int) -> UInt64? {
    guard rest.count >= size else { return nil }
    let value = rest.prefix(size).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(size)
    return value
  }

  /// A length in four bytes, and so many bytes.
  mutating func bytes() -> ArraySlice<UInt8>? {
    guard let length = uint32(), rest.count >= Int(length) else { return nil }
    let value = rest.prefix(Int(length))
    rest = rest.dropFirst(Int(length))
    return value
  }

  /// As `bytes()`, for a text. What is not UTF-8 is replaced; a NUL is not a part of any text.
  mutating func text() -> String? {
    guard let bytes = bytes(), !bytes.contains(0) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A positive whole number in its only form (RFC 4251, 5: mpint), and how many bits it has.
  mutating func positiveNumber() -> (bytes: ArraySlice<UInt8>, bits: Int)? {
    guard let bytes = bytes(), let first = bytes.first, first < 0x80 else { return nil }
    let digits = first == 0 ? bytes.dropFirst() : bytes
    guard let leading = digits.first, leading >= 0x80 || first != 0 else { return nil }
    return (bytes, digits.count * 8 - leading.leadingZeroBitCount)
  }
}

/// What stands in a key after the name of its type.
enum KeyFields {
  /// Fewer bits than this do not protect a machine.
  static let fewestRSABits = 3_072
  /// More than OpenSSH reads (sshbuf.h, SSHBUF_MAX_BIGNUM).
  static let mostRSABits = 16_384

  /// Reads the fields of a key of a type of ``PublicKey/types``. RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4;
  /// OpenSSH's PROTOCOL.u2f
  static func read(_ type: String, from reader: inout KeyBlobReader) throws(PublicKeyError) {
    switch type {
    case "ssh-ed25519": try ed25519(type, &reader)
    case "sk-ssh-ed25519@openssh.com":
      try ed25519(type, &reader)
      try application(type, &reader)
    case "ecdsa-sha2-nistp256": try point(type, curve: "nistp256", bytes: 32, &reader)
    case "ecdsa-sha2-nistp384": try point(type, curve: "nistp384", bytes: 48, &reader)
    case "ecdsa-sha2-nistp521": try point(type, curve: "nistp521", bytes: 66, &reader)
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      try point(type, curve: "nistp256", bytes: 32, &reader)
      try application(type, &reader)
    case "ssh-rsa":
      guard let exponent = reader.positiveNumber(), let last = exponent.bytes.last, last & 1 == 1,
        exponent.bits >= 2, let modulus = reader.positiveNumber(), modulus.bits <= mostRSABits
      else { throw .malformed(type) }
      guard modulus.bits >= fewestRSABits else { throw .weak(bits: modulus.bits) }
    default: throw .unknownType(type)
    }
  }

  private static func ed25519(_ type: String, _ reader: inout KeyBlobReader) throws(PublicKeyError) {
    guard reader.bytes()?.count == 32 else { throw .malformed(type) }
  }

  /// An uncompressed point (SEC 1, 2.3.3), the only form that is allowed.
  private static func point(
    _ type: String, curve: String, bytes: Int, _ reader: inout KeyBlobReader
  ) throws(PublicKeyError) {
    guard let name = reader.bytes(), name.elementsEqual(curve.utf8), let point = reader.bytes(),
      point.count == 1 + 2 * bytes, point.first == 4
    else { throw .malformed(type) }
  }

  private static func application(_ type: String, _ reader: inout KeyBlobReader) throws(PublicKeyError) {
    guard let application = reader.text(), !application.isEmpty else { throw .malformed(type) }
  }
}
