internal import Glibc
internal import Kernel

/// Signals that would end the program while an edit is under way: they wait, so that what is begun is cleaned up first.
final class Interrupts {
  private let signals: SignalDescriptor

  init() throws(KernelError) {
    SignalDescriptor.ignoreBrokenPipes()
    signals = try SignalDescriptor([.hangUp, .interrupt, .quit, .terminate])
  }

  var interest: PollEntry { PollEntry(signals.descriptor, .readable) }

  /// The next one that came.
  func next() throws(KernelError) -> SignalDescriptor.Signal? { try signals.next() }

  /// How long an editor may take to end when it is told to.
  private static let patience = 3_000

  /// Waits for the editor. The keys that interrupt are the editor's own affair, as the terminal sends them to it as well; a
  /// signal that ends this program ends the editor first.
  func wait(for editor: borrowing ChildProcess) throws -> ProcessEnd {
    while true {
      var entries = [PollEntry(editor.pidfd, .readable), interest]
      _ = try poll(&entries, milliseconds: nil)
      if !entries[0].got.isEmpty { return try editor.wait() }
      while let signal = try next() {
        guard signal == .terminate || signal == .hangUp else { continue }
        try editor.signal(signal.rawValue)
        var ending = [PollEntry(editor.pidfd, .readable)]
        if try poll(&ending, milliseconds: Self.patience) == 0 { try editor.kill() }
        _ = try editor.wait()
        throw EditEnd.interrupted(signal)
      }
    }
  }
}

/// Why an edit ends without having been installed.
enum EditEnd: Error {
  case interrupted(SignalDescriptor.Signal)
  /// Nobody answers any more.
  case inputEnded
}
