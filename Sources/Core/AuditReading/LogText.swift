/// A line of a log, read from left to right.
struct LogText {
  private let bytes: [UInt8]
  private var position = 0

  init(_ line: some Collection<UInt8>) { bytes = Array(line) }

  func contains(_ needle: StaticString) -> Bool {
    let wanted = Array(needle.description.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
    }
  }

  /// Steps over `token` if it is next.
  mutating func take(_ token: StaticString) -> Bool {
    let wanted = Array(token.description.utf8)
    guard bytes[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  /// Bytes up to the next space, of printable ASCII, and the space if there is one; nil when there are none.
  mutating func takeWord() -> String? {
    let end = bytes[position...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.count
    let word = bytes[position..<end]
    guard !word.isEmpty, word.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    position = min(end + 1, bytes.count)
    return String(decoding: word, as: UTF8.self)
  }

  mutating func takeNumber() -> UInt64? {
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
    guard (1...19).contains(digits.count), let number = UInt64(String(decoding: digits, as: UTF8.self)) else {
      return nil
    }
    position += digits.count
    return number
  }

  /// Exactly `count` digits.
  mutating func takeDigits(_ count: Int) -> UInt64? {
    let start = position
    guard let number = takeNumber(), position - start == count else { return nil }
    return number
  }

  /// What stands before the closing quote. Behind it may only be what auditd adds in its ENRICHED format, after a
  /// group separator: names of accounts.
  mutating func takeMessage() -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "'")) else { return nil }
    let rest = bytes[(end + 1)...]
    guard rest.isEmpty || rest.first == 0x1D else { return nil }
    defer { position = bytes.count }
    return bytes[position..<end]
  }
}
