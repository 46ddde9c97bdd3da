/// Standard output in large pieces, for text that was made harmless for terminals already.
final class OutputBuffer {
  private static let size = 1 << 16
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(2 * Self.size) }

  func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    if bytes.count >= Self.size { flush() }
  }

  /// Writes what is held; as with ``StandardStreams/output(_:)-(String)``, the program ends where that fails.
  func flush() {
    guard !bytes.isEmpty else { return }
    StandardStreams.output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
