internal import Glibc

/// Finds bytes, as fast as the C library does. It issues no system call.
enum ByteSearch {
  /// Where the byte is first, from `start` on. memchr(3)
  static func first(_ byte: UInt8, in bytes: Span<UInt8>, from start: Int = 0) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { buffer -> Int? in
      // A span that is not empty has an address, and the search stays in its `count` bytes.
      guard let base = buffer.baseAddress,
        let found = unsafe memchr(base + start, CInt(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Whether the text occurs. It is found by its last byte, which should be a rare one.
  static func contains(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
    let count = text.utf8CodeUnitCount
    // The text has `count` bytes and lives for ever.
    let wanted = unsafe UnsafeBufferPointer(start: text.utf8Start, count: count)
    let last = unsafe wanted[count - 1]
    var place = first(last, in: bytes, from: count - 1)
    while let end = place {
      let start = end - (count - 1)
      var index = 0
      while index < count, unsafe bytes[start + index] == wanted[index] { index += 1 }
      if index == count { return true }
      place = first(last, in: bytes, from: end + 1)
    }
    return false
  }

  /// Where the byte is last.
  static func last(_ byte: UInt8, in bytes: Span<UInt8>) -> Int? {
    var index = bytes.count - 1
    while index >= 0, bytes[index] != byte { index -= 1 }
    return index < 0 ? nil : index
  }

  /// Where the text begins that ends before `end`, as far behind as may be.
  static func last(_ text: StaticString, in bytes: Span<UInt8>, before end: Int) -> Int? {
    var start = end - text.utf8CodeUnitCount
    while start >= 0 {
      var cursor = LineCursor(at: start)
      if cursor.take(text, in: bytes) { return start }
      start -= 1
    }
    return nil
  }
}
