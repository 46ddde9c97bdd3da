/// Bytes from outside, shown to a person.
enum Printable {
  /// Control bytes and what is not UTF-8 become `?`, so that a file's name cannot forge a line of output.
  static func text(_ bytes: [UInt8]) -> String {
    String(
      String.UnicodeScalarView(
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
          scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar
        }))
  }
}
