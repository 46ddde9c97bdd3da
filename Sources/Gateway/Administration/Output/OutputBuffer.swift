/// Standard output in large pieces, for text that was made harmless for terminals already.
final class OutputBuffer {
  private static let size = 1 << 16
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(2 * Self.size) }

  func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    if bytes.count >= Self.size { flush() }
  }

  /// Writes a text from outside on one line: ``TerminalText/oneLine(_:)``. Returns how many columns it takes.
  @discardableResult
  func writeSafely(_ text: String) -> Int {
    if TerminalText.isPlain(text) {
      bytes.append(contentsOf: text.utf8)
      return text.utf8.count
    }
    let safe = TerminalText.oneLine(text)
    bytes.append(contentsOf: safe.utf8)
    return safe.count
  }

  /// Writes a text from outside as a cell of a table: behind it are spaces up to so many columns, and two more.
  func writeCell(_ text: String, width: Int) {
    let count = writeSafely(text)
    for _ in 0..<max(0, width - count) + 2 { bytes.append(UInt8(ascii: " ")) }
  }

  /// Writes what is held; as with ``StandardStreams/output(_:)-(String)``, the program ends where that fails.
  func flush() {
    guard !bytes.isEmpty else { return }
    StandardStreams.output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
