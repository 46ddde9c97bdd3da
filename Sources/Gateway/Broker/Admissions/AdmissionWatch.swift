internal import Kernel
internal import Logging

/// Ends what is there without permission, in a thread of its own that waits for nothing else.
///
/// The exchange of a policy asks again by itself; this asks again as time passes. The wall clock may be set at any moment,
/// so while anything open has an end, it is looked at twice a second.
final class AdmissionWatch: Sendable {
  private let presences: Presences
  private let openSSH: OpenSSHConnections
  private let waker: Waker
  private let log: Logger

  /// Milliseconds.
  private static let interval = 500

  init(_ presences: Presences, _ openSSH: OpenSSHConnections, waker: Waker, log: Logger) {
    self.presences = presences
    self.openSSH = openSSH
    self.waker = waker
    self.log = log
  }

  /// Watches for as long as the process lives.
  func serve() {
    while true {
      let waits = [presences.haveEnds ? Self.interval : nil, openSSH.millisecondsToNextEnd]
      var entries = [waker.interest]
      do throws(KernelError) {
        _ = try poll(&entries, milliseconds: waits.compactMap(\.self).min())
      } catch {
        log.error("cannot wait for what is to end: \(error)")
        var nothing: [PollEntry] = []
        _ = try? poll(&nothing, milliseconds: 50)
      }
      waker.rest()
      presences.recheck()
      openSSH.endDue(log: log)
    }
  }
}
