internal import Kernel
internal import Synchronization

/// Flushes the state file in a thread of its own, half a second after it was changed, so that no call waits for a disk.
final class StateFlusher: Sendable {
  private let file: StateFile
  private let isDirty = Atomic(false)
  private let bell: FileDescriptor
  private let hearer: FileDescriptor

  private static let delayMilliseconds = 500

  init(_ file: consuming StateFile) throws(KernelError) {
    self.file = file
    var pipe = try FileDescriptor.pipe()
    hearer = pipe.takeFirst()
    bell = pipe.takeSecond()
    try bell.setNonBlocking()
  }

  /// Says that the state is another now. Costs nothing while a flush is due already.
  func changed() {
    if isDirty.exchange(true, ordering: .acquiringAndReleasing) { return }
    _ = try? bell.write([1])
  }

  /// Flushes at once.
  func flush() throws(KernelError) {
    isDirty.store(false, ordering: .releasing)
    try file.flush()
  }

  /// For a thread of its own; does not return. `report` gets what hinders it, once until it works again.
  func serve(report: @Sendable (String) -> Void) {
    var isFailing = false
    while true {
      guard (try? hearer.read(upTo: 64))?.isEmpty == false else { return }
      var nothing: [PollEntry] = []
      _ = try? poll(&nothing, milliseconds: Self.delayMilliseconds)
      do throws(KernelError) {
        try flush()
        isFailing = false
      } catch {
        if !isFailing { report("the state of the audit trail cannot be flushed to the disk: \(error)") }
        isFailing = true
      }
    }
  }
}
