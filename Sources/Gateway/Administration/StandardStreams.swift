internal import Glibc

/// Writes text to the program's own streams, whole or until the reader is gone.
enum StandardStreams {
  /// Ends the program with status 2 when the text cannot be written: a report that is cut is no report.
  static func output(_ text: String) { output(Array(TerminalText.safe(text).utf8)) }

  /// As ``output(_:)-(String)``, for text that was made harmless for terminals already.
  static func output(_ bytes: [UInt8]) {
    guard !write(bytes, to: STDOUT_FILENO) else { return }
    let reason = unsafe String(cString: strerror(errno))
    error("keyhole: cannot write to standard output: \(reason)\n")
    exit(2)
  }

  static func error(_ text: String) { _ = write(Array(TerminalText.safe(text).utf8), to: STDERR_FILENO) }

  /// One line that the next one, or an empty one, takes the place of. For terminals.
  static func erasableError(_ text: String) {
    _ = write(Array("\r\u{1B}[K\(TerminalText.oneLine(text))".utf8), to: STDERR_FILENO)
  }

  /// False when something of it is lost though somebody waits for it.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        // The kernel reads at most `bytes.count` bytes.
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EPIPE
      }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
