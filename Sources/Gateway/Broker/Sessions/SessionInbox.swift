internal import Kernel
internal import Policy
internal import Synchronization

/// What other threads tell the thread of the sessions.
final class SessionInbox: Sendable {
  enum Event: Sendable {
    /// The clerk has done what a session asked for.
    case answered(session: UInt64)
    case authenticated(session: UInt64, SessionAuthentication.Result)
    case callEnded(session: UInt64)
    case revoked(session: UInt64, Refusal)
    /// The broker takes nothing new and closes each session whose calls have ended.
    case draining
  }

  private let waker: Waker
  private let events = Mutex<[Event]>([])

  init() throws(KernelError) { waker = try Waker() }

  /// Readable when something has come.
  var interest: PollEntry { waker.interest }

  func post(_ event: Event) {
    events.withLock { $0.append(event) }
    waker.wake()
  }

  /// All that has come, in order.
  func takeAll() -> [Event] {
    waker.rest()
    return events.withLock { events in
      defer { events = [] }
      return events
    }
  }
}
