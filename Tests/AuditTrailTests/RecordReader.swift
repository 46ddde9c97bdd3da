/// Reads a record's text as auparse(3) does: fields between spaces, values quoted, hexadecimal or plain.
struct RecordReader {
  let fields: [(name: String, value: String)]

  init(_ text: String) {
    fields = text.split(separator: " ", omittingEmptySubsequences: false).map { field in
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }
  }

  var names: [String] { fields.map(\.name) }

  func plain(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  func decoded(_ name: String) -> [UInt8]? { plain(name).flatMap(Self.decode) }

  func decodedText(_ name: String) -> String? { decoded(name).map { String(decoding: $0, as: UTF8.self) } }

  static func decode(_ value: String) -> [UInt8]? {
    if value.hasPrefix("\"") {
      guard value.count >= 2, value.hasSuffix("\"") else { return nil }
      return Array(value.dropFirst().dropLast().utf8)
    }
    let digits = Array(value.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }
}
