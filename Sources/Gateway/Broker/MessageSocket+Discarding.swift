internal import Kernel
internal import Wire

extension MessageSocket {
  /// Reads away what has come, before the socket is closed. The kernel tells the other side of what was left unread
  /// (ECONNRESET) before it gives what was sent to it. unix(7)
  ///
  /// Bounded: a side that goes on sending is not waited for.
  func discardUnread() {
    for _ in 0..<16 {
      var entries = [PollEntry(descriptor, .readable)]
      guard let ready = try? poll(&entries, milliseconds: 0), ready > 0,
        let message = try? receive(upTo: WireLimit.packet, descriptors: 4), !message.bytes.isEmpty
      else { return }
    }
  }
}
