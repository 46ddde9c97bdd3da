internal import Glibc
internal import Kernel

/// Wakes a thread that waits in poll(2), from any other: a pipe, of which neither end ever waits.
final class Waker: Sendable {
  private let reader: FileDescriptor
  private let writer: FileDescriptor

  init() throws(KernelError) {
    var pipe = try FileDescriptor.pipe()
    let reader = pipe.takeFirst()
    let writer = pipe.takeSecond()
    try reader.setNonBlocking()
    try writer.setNonBlocking()
    self.reader = reader
    self.writer = writer
  }

  /// Readable once ``wake()`` was called, until ``rest()``.
  var interest: PollEntry { PollEntry(reader, .readable) }

  func wake() {
    // A full pipe wakes as well.
    _ = try? writer.write([1])
  }

  func rest() {
    // It is empty when this fails.
    while let bytes = try? reader.read(upTo: 256), bytes.count == 256 {}
  }
}
