internal import Glibc
internal import Kernel
internal import SecureShell

/// From a client to a command's standard input. Nothing is taken from libssh while something waits for the command, so that
/// the client's window closes.
struct IncomingStream: ~Copyable {
  private var pipe: FileDescriptor?
  /// Of the pipe, while it is open.
  private var openNumber: CInt?
  private var pending = ByteQueue()
  private(set) var bytes: UInt64 = 0

  mutating func open(_ pipe: consuming FileDescriptor) {
    openNumber = pipe.number
    self.pipe = consume pipe
  }

  /// The pipe's number while something waits to be written to it.
  var number: CInt? { pending.isEmpty ? nil : openNumber }

  /// The command reads no more, or is gone: what still comes is dropped.
  mutating func close() {
    pipe = nil
    openNumber = nil
    pending.clear()
  }

  /// Moves what can be moved, and closes the pipe behind the client's last byte.
  mutating func pump(from channel: borrowing Channel) throws(SecureShellError) {
    repeat {
      if !flush() { return }
      let more = try channel.read()
      bytes += UInt64(more.count)
      if openNumber != nil { pending.append(more) }
      // What came while the command was slow waits in libssh, and nothing tells of it any more.
    } while !pending.isEmpty
    if channel.reachedEnd && channel.unread == 0 { close() }
  }

  /// True when the command took all that waited, or reads no more.
  private mutating func flush() -> Bool {
    while !pending.isEmpty {
      do throws(KernelError) {
        guard let count = try pipe?.write(pending.front) else { return true }
        pending.dropFirst(count)
      } catch {
        if error.code == EAGAIN { return false }
        close()
      }
    }
    return true
  }
}
