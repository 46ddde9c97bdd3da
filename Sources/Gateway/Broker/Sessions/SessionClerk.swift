internal import Kernel
internal import Logging
internal import Synchronization

/// Does what may wait, one after the other, in a thread of its own: records of sessions. While auditd does not keep up, no
/// session is let in, and those that are open go on.
///
/// A session is not heard while something of it is here, so that no more wait than there are sessions.
final class SessionClerk: Sendable {
  typealias Work = @Sendable () -> Void

  private let waker: Waker
  private let log: Logger
  private let queue = Mutex<(waiting: [Work], isBusy: Bool)>(([], false))

  init(log: Logger) throws(KernelError) {
    waker = try Waker()
    self.log = log
  }

  /// Whether all that was asked for is done.
  var isIdle: Bool { queue.withLock { $0.waiting.isEmpty && !$0.isBusy } }

  func hand(_ work: @escaping Work) {
    queue.withLock { $0.waiting.append(work) }
    waker.wake()
  }

  /// Works for as long as the process lives.
  func serve() {
    while true {
      var entries = [waker.interest]
      do throws(KernelError) {
        _ = try poll(&entries, milliseconds: nil)
      } catch {
        log.error("cannot wait for records to write: \(error)")
        var nothing: [PollEntry] = []
        _ = try? poll(&nothing, milliseconds: 50)
      }
      waker.rest()
      while true {
        let batch = queue.withLock { queue in
          defer { queue = ([], !queue.waiting.isEmpty) }
          return queue.waiting
        }
        if batch.isEmpty { break }
        for work in batch { work() }
      }
    }
  }
}
