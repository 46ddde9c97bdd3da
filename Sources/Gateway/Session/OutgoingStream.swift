internal import Glibc
internal import Kernel
internal import SecureShell

/// From a command's pipe to its client. What libssh did not take waits here: while keys are exchanged, and when the client's
/// window is full, it takes less than it is given, or nothing.
struct OutgoingStream: ~Copyable {
  private var pipe: FileDescriptor?
  /// The pipe's number, while it is open. Beside the pipe itself: an optional that cannot be copied is hard to look into.
  private(set) var number: CInt?
  private var pending = ByteQueue()
  private let stream: Channel.Stream

  /// How much is read at once, in bytes.
  private static let chunk = 128 << 10

  init(_ stream: Channel.Stream) {
    self.stream = stream
  }

  mutating func open(_ pipe: consuming FileDescriptor) {
    number = pipe.number
    self.pipe = consume pipe
  }

  /// Everything has been handed to libssh, and nothing can follow.
  var isDone: Bool { pending.isEmpty && number == nil }

  /// Keyhole's own words, behind what the command wrote.
  mutating func append(_ text: String) {
    pending.append(Array(text.utf8))
  }

  /// Whether to wait for the command: not while something waits for the client.
  var wantsToRead: Bool { pending.isEmpty }

  /// Moves what can be moved, without waiting. `isReady`: there may be something in the pipe, or its end.
  mutating func pump(to channel: borrowing Channel, isReady: Bool) throws(SecureShellError) {
    if pending.isEmpty && isReady { fill() }
    if pending.isEmpty { return }
    pending.dropFirst(try channel.write(pending.front, to: stream))
  }

  /// Nobody writes to the pipe any more: what is not in it yet will not come.
  mutating func close() {
    pipe = nil
    number = nil
  }

  /// The client reads no more: what it has not got is dropped, and the command's next write fails.
  mutating func abandon() {
    close()
    pending.clear()
  }

  private mutating func fill() {
    do throws(KernelError) {
      guard let bytes = try pipe?.read(upTo: Self.chunk) else { return }
      if bytes.isEmpty { close() } else { pending.append(bytes) }
    } catch {
      if error.code != EAGAIN { close() }
    }
  }
}
