/// A set of byte values: what a `[…]` class accepts.
struct ByteSet: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  func contains(_ byte: UInt8) -> Bool {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    return switch byte >> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    case 2: words.2 & bit != 0
    default: words.3 & bit != 0
    }
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { insert(byte) }
  }

  mutating func remove(_ byte: UInt8) {
    guard contains(byte) else { return }
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 ^= bit
    case 1: words.1 ^= bit
    case 2: words.2 ^= bit
    default: words.3 ^= bit
    }
  }

  mutating func invert() {
    words = (~words.0, ~words.1, ~words.2, ~words.3)
  }

  /// Adds a named class of the C locale, as in `[[:digit:]]`; false when there is no such class.
  mutating func insert(classNamed name: ArraySlice<UInt8>) -> Bool {
    switch String(decoding: name, as: UTF8.self) {
    case "digit": insert(0x30...0x39)
    case "lower": insert(0x61...0x7A)
    case "upper": insert(0x41...0x5A)
    case "alpha": insertLetters()
    case "alnum":
      insertLetters()
      insert(0x30...0x39)
    case "xdigit":
      insert(0x30...0x39)
      insert(0x41...0x46)
      insert(0x61...0x66)
    case "blank":
      insert(0x20)
      insert(0x09)
    case "space":
      insert(0x20)
      insert(0x09...0x0D)
    case "cntrl":
      insert(0x00...0x1F)
      insert(0x7F)
    case "graph": insert(0x21...0x7E)
    case "print": insert(0x20...0x7E)
    case "punct":
      insert(0x21...0x2F)
      insert(0x3A...0x40)
      insert(0x5B...0x60)
      insert(0x7B...0x7E)
    default: return false
    }
    return true
  }

  private mutating func insertLetters() {
    insert(0x41...0x5A)
    insert(0x61...0x7A)
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
