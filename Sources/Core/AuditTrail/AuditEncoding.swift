/// How a record carries text that somebody else wrote.
enum AuditEncoding {
  /// `"value"`, or the whole value as uppercase hexadecimal: the two forms that audit_encode_nv_string(3) gives and that
  /// every reader decodes.
  ///
  /// audit_encode_nv_string(3) quotes each value without `"`, control bytes, spaces and non-ASCII. Here fewer values are
  /// quoted: ausearch(8) looks for `res=`, `exe=` or `uid=` anywhere in a record, quotes or not, so that a quoted `=`
  /// would let a caller write fields. Hexadecimal is always allowed and says the same.
  static func encode(_ value: [UInt8]) -> String {
    value.allSatisfy(isQuotable) ? "\"\(String(decoding: value, as: UTF8.self))\"" : hexadecimal(value)
  }

  /// Length of what libaudit makes of a value by its own rule.
  static func libauditCount(_ value: [UInt8]) -> Int {
    let isQuoted = value.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    return isQuoted ? value.count + 2 : 2 * value.count
  }

  private static func isQuotable(_ byte: UInt8) -> Bool {
    AuditToken.isAllowed(byte) || "@+%*?[]~#".utf8.contains(byte)
  }

  private static func hexadecimal(_ value: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * value.count)
    for byte in value {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
