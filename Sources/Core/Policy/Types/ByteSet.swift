/// A set of byte values.
package struct ByteSet: Equatable, Sendable {
  private var low: (UInt64, UInt64) = (0, 0)
  private var high: (UInt64, UInt64) = (0, 0)

  package init() {}

  /// The bytes of `text`.
  package init(_ text: StaticString, ranges: ClosedRange<UInt8>...) {
    for byte in text.description.utf8 { insert(byte) }
    for range in ranges { for byte in range { insert(byte) } }
  }

  static let all = ByteSet().complement
  package static let digits = ByteSet("", ranges: UInt8(ascii: "0")...UInt8(ascii: "9"))
  package static let letters = ByteSet(
    "", ranges: UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"))
  package static let word = digits.union(letters).union(ByteSet("_"))

  package func contains(_ byte: UInt8) -> Bool {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: return low.0 & bit != 0
    case 1: return low.1 & bit != 0
    case 2: return high.0 & bit != 0
    default: return high.1 & bit != 0
    }
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: low.0 |= bit
    case 1: low.1 |= bit
    case 2: high.0 |= bit
    default: high.1 |= bit
    }
  }

  mutating func formUnion(_ other: ByteSet) { self = union(other) }

  package func union(_ other: ByteSet) -> ByteSet {
    var result = self
    result.low.0 |= other.low.0
    result.low.1 |= other.low.1
    result.high.0 |= other.high.0
    result.high.1 |= other.high.1
    return result
  }

  var complement: ByteSet {
    var result = ByteSet()
    result.low = (~low.0, ~low.1)
    result.high = (~high.0, ~high.1)
    return result
  }

  /// Whether every byte of `text` is in the set.
  package func holdsAll(of text: some Sequence<UInt8>) -> Bool { text.allSatisfy(contains) }

  package static func == (left: ByteSet, right: ByteSet) -> Bool {
    left.low == right.low && left.high == right.high
  }
}
