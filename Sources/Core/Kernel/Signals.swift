internal import CKeyhole
internal import Glibc

/// Signals as readable events, in place of handlers. signalfd(2)
public struct SignalDescriptor: ~Copyable, Sendable {
  public enum Signal: CInt, Sendable {
    case hangUp = 1
    case interrupt = 2
    case quit = 3
    case terminate = 15
  }

  public let descriptor: FileDescriptor

  /// Blocks these signals in this thread and in those that it starts from now on.
  public init(_ signals: [Signal]) throws(KernelError) {
    let numbers = signals.map(\.rawValue)
    descriptor = FileDescriptor(
      owning: try attempt(.signalfd) { unsafe keyhole_signal_descriptor(numbers, numbers.count) })
  }

  /// The next signal that has come; nil when none has.
  public func next() throws(KernelError) -> Signal? {
    // struct signalfd_siginfo has 128 bytes and begins with the number.
    let information: [UInt8]
    do throws(KernelError) {
      information = try descriptor.read(upTo: 128)
    } catch  where error.code == EAGAIN {
      return nil
    }
    return information.first.flatMap { Signal(rawValue: CInt($0)) }
  }

  /// A write to a pipe or socket whose reader is gone fails with EPIPE and does not end the process.
  public static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }
}
