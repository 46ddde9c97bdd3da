internal import AuditTrail
internal import Glibc
internal import Kernel
internal import Logging
internal import Policy
internal import Wire

/// Serves the connections of the embedded server, all in one thread that waits for nothing but messages: what may wait is
/// done by the ``SessionClerk``, and each call runs in a thread of its own.
final class SessionService: Sendable {
  let services: BrokerServices
  let slots: CallSlots
  let clerk: SessionClerk
  let inbox: SessionInbox
  let listener: MessageSocket
  let peers: Set<UserID>

  static let stackSize = 1 << 20

  init(
    _ listener: consuming MessageSocket, peers: Set<UserID>, services: BrokerServices, slots: CallSlots
  ) throws(KernelError) {
    clerk = try SessionClerk(log: services.log)
    inbox = try SessionInbox()
    self.listener = listener
    self.peers = peers
    self.services = services
    self.slots = slots
  }

  /// Starts its two threads, which live as long as the process.
  func start() throws(KernelError) {
    try WorkerThread.start { self.clerk.serve() }
    try WorkerThread.start(stackSize: Self.stackSize) { SessionLoop(self).serve() }
  }

  /// Takes no more sessions and calls, and closes each session once its calls have ended.
  func drain() { inbox.post(.draining) }

  /// Whether every agent's session is closed, and its end recorded.
  var areClosed: Bool { services.presences.count(.session) == 0 && clerk.isIdle }
}
