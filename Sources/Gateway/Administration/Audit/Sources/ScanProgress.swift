internal import Glibc
internal import Kernel

/// Says on standard error how far a long scan is, when a person looks at it there.
final class ScanProgress {
  /// Nanoseconds without a word, and between two.
  private static let patience: Int64 = 1_000_000_000
  private static let pause: Int64 = 200_000_000

  private let isWanted: Bool
  private let total: Int
  private let begun = MonotonicClock.now
  private var said: Int64 = 0
  private var bytes = 0
  private var name = ""

  /// `total` is the size of all files, 0 when it cannot be told. Nothing is said where standard error is no terminal, or
  /// where `isMixed`: what is found goes to the same terminal while the scan goes on.
  init(total: Int, isMixed: Bool = false) {
    self.total = total
    isWanted = isatty(STDERR_FILENO) == 1 && !(isMixed && isatty(STDOUT_FILENO) == 1)
  }

  func isReading(_ name: String) { self.name = name }

  func add(bytes count: Int) {
    guard isWanted else { return }
    bytes += count
    let now = MonotonicClock.now
    guard now - begun > Self.patience, now - said > Self.pause else { return }
    said = now
    let share =
      total > 0 ? "\(min(100, bytes / max(1, total / 100)))% of \(total >> 20) MiB" : "\(bytes >> 20) MiB"
    StandardStreams.erasableError("reading \(LogFailure.shown(name)): \(share)")
  }

  /// Takes the words away again.
  func end() {
    if said > 0 { StandardStreams.erasableError("") }
    said = 0
  }
}
