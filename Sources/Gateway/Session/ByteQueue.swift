/// Bytes that wait to be taken, front to back.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  var isEmpty: Bool { start == bytes.count }
  var count: Int { bytes.count - start }
  var front: ArraySlice<UInt8> { bytes[start...] }

  mutating func append(_ more: [UInt8]) {
    if isEmpty {
      bytes = more
      start = 0
    } else {
      bytes += more
    }
  }

  mutating func dropFirst(_ count: Int) {
    start += count
    if isEmpty { clear() }
  }

  mutating func clear() {
    bytes = []
    start = 0
  }
}
