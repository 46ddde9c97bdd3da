internal import Glibc
internal import Kernel
internal import SecureShell

/// Why a session cannot go on, through no fault of its client: for the server's log.
struct SessionFailure: Error, Equatable {
  var text: String

  init(_ text: String) {
    self.text = text
  }

  init(_ what: String, _ error: KernelError) {
    text = "\(what): \(error)"
  }

  init(_ what: String, _ error: SecureShellError) {
    text = "\(what): \(error.call): \(error.message)"
  }

  /// Writes it to standard error, which is the server's log. A log that takes nothing holds nobody up.
  func say() {
    let log = FileDescriptor(owning: STDERR_FILENO)
    try? log.writeAll(Array("keyhole-session: \(text)\n".utf8))
    _ = log.release()
  }
}
