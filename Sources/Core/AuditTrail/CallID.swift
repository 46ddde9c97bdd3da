/// Names a call in all of its records, on this host and on the VM behind it: 64 random bits, as 16 hexadecimal digits.
public struct CallID: Hashable, Sendable, CustomStringConvertible {
  let bits: UInt64

  public init() {
    var generator = SystemRandomNumberGenerator()
    bits = generator.next()
  }

  init(bits: UInt64) { self.bits = bits }

  /// nil unless the text is 16 digits of `0–9 a–f`.
  public init?(_ text: String) {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
      let bits = UInt64(text, radix: 16)
    else { return nil }
    self.bits = bits
  }

  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
