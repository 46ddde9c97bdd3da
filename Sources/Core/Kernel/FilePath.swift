/// A path as the kernel takes it: bytes without a NUL, not checked for anything else.
public struct FilePath: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// nil when there is a NUL among the bytes: a C string would end there.
  public init?(_ bytes: [UInt8]) {
    if bytes.contains(0) { return nil }
    self.bytes = bytes
  }

  public init(_ text: StaticString) {
    bytes = unsafe Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

  /// Lossy where the bytes are not UTF-8.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// A path of this process's own making, such as `/proc/self/fd/7`.
  init(own text: String) {
    bytes = Array(text.utf8)
  }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = bytes.map { CChar(bitPattern: $0) }
    terminated.append(0)
    // The array ends in a NUL and lives through the call.
    return unsafe terminated.withUnsafeBufferPointer { buffer in
      unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
