internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// Why a session cannot go on, through no fault of its client: for the server's log.
struct SessionFailure: Error, Equatable {
  /// Empty when there is nothing to say.
  var text: String
  var exit = SessionExit.failed

  /// The client was gone before it was looked at.
  static let clientGone = SessionFailure(text: "", exit: .leftEarly)

  private init(text: String, exit: SessionExit) {
    self.text = text
    self.exit = exit
  }

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
    if text.isEmpty { return }
    let log = FileDescriptor(owning: STDERR_FILENO)
    try? log.writeAll(Array("keyhole-session: \(text)\n".utf8))
    _ = log.release()
  }
}
