internal import Glibc
internal import InternetAddresses
internal import Kernel
internal import ListenerSettings
internal import Wire

/// A session that serves a connection.
final class OpenSession {
  private let session: WaitingSession
  let client: String
  let source: Network
  private(set) var isAuthenticated = false
  private var saysMore = true
  /// It was told to end by force: its death says nothing of its client.
  private(set) var wasKilled = false

  init(_ session: WaitingSession, client: String, source: Network) {
    self.session = session
    self.client = client
    self.source = source
  }

  var process: ProcessID { session.process.process }

  /// Readable when it has ended.
  var ended: PollEntry { PollEntry(session.process.pidfd, .readable) }
  /// Readable when it has something to say; nil when nothing matters any more that it could say.
  var says: PollEntry? {
    saysMore && !isAuthenticated ? PollEntry(session.control.descriptor, .readable) : nil
  }

  /// Reads what it said; true when it has become authenticated.
  func listen() -> Bool {
    let before = isAuthenticated
    while saysMore {
      do throws(KernelError) {
        let message = try session.control.receive(upTo: 1)
        if message.bytes.isEmpty { saysMore = false }
        if message.bytes.first == SessionStatus.authenticated.rawValue { isAuthenticated = true }
      } catch  where error.code == EAGAIN {
        break
      } catch {
        saysMore = false
      }
    }
    return isAuthenticated && !before
  }

  /// Lets running commands end, and takes no more.
  func drain() { try? session.process.signal(SignalDescriptor.Signal.terminate.rawValue) }

  func kill() {
    wasKilled = true
    try? session.process.kill()
  }

  /// After ``ended`` was readable.
  func wait() throws(KernelError) -> ProcessEnd { try session.process.wait() }
}
