internal import Crypto

/// The name of a policy's contents: SHA-256 over each file's name and bytes, both preceded by their length in eight
/// bytes, most significant first, the files sorted by name.
enum PolicyDigest {
  static func hexadecimal(of files: [SourceFile]) -> String {
    var hash = SHA256()
    for file in files {
      for field in [Array(file.name.utf8), file.bytes] {
        let size = UInt64(field.count)
        hash.update(data: (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) })
        hash.update(data: field)
      }
    }
    let digits = Array("0123456789abcdef")
    return String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
