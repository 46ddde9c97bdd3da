internal import CKeyhole
internal import Glibc

/// Ends this process, by SIGPROF, when it computes for too long without coming back here: against loops without an end in
/// code that nobody here wrote. Waiting does not count. setitimer(2), ITIMER_PROF
public struct StretchLimit {
  private let seconds: CInt
  private var renewedAt: Int64 = 0

  /// `seconds` of processor time.
  public init(seconds: CInt) {
    self.seconds = seconds
  }

  /// The process has come back. Costs a system call once a second.
  public mutating func renew() {
    let now = MonotonicClock.now
    guard now - renewedAt > 1_000_000_000 else { return }
    renewedAt = now
    _ = try? attempt(.setitimer) { keyhole_limit_stretch(seconds) }
  }
}
