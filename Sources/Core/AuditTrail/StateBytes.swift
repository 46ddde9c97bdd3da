/// The fields of the state file: little-endian words and rows of bytes, with a checksum of all of them behind.
struct StateBytes {
  private(set) var all: [UInt8] = []

  mutating func append(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      all.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  /// Exactly `count` bytes: what is longer is cut, what is shorter filled with zeros.
  mutating func append(_ bytes: [UInt8], count: Int) {
    all += bytes.prefix(count)
    for _ in bytes.count..<max(bytes.count, count) { all.append(0) }
  }

  /// At most `limit` bytes, with their count in front.
  mutating func append(text: String?, limit: Int) {
    let bytes = Array((text ?? "").utf8.prefix(min(limit, 254)))
    // 255 stands for nothing, which is not the empty text.
    all.append(text == nil ? 255 : UInt8(bytes.count))
    all += bytes
  }

  /// FNV-1a, 64 bits. It finds what a torn write leaves; whoever means harm can compute it.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  struct Reader {
    private let start: ArraySlice<UInt8>
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
      start = bytes
      rest = bytes
    }

    /// How many bytes have not been read.
    var left: Int { rest.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func word() -> UInt64? {
      bytes(8).map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// An outer nil for bytes that are too few, an inner one for no text.
    mutating func text() -> String?? {
      guard let count = bytes(1)?.first else { return nil }
      if count == 255 { return .some(nil) }
      return bytes(Int(count)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the next word is the checksum of everything read so far.
    var isWhole: Bool {
      var copy = self
      let read = start.prefix(start.count - rest.count)
      return copy.word() == StateBytes.checksum(read)
    }
  }
}
