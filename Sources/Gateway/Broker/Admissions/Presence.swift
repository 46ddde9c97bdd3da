internal import AuditTrail
internal import Kernel
internal import Policy
internal import Synchronization

/// Who is there: the key that a client proved to have, and where the client is.
struct Visitor: Equatable, Sendable {
  let key: PresentedKey
  /// nil when it is not known.
  let address: ClientAddress?
}

/// That an agent is let in, for as long as this lives: for a connection, or for one call.
///
/// ``Presences`` counts it against the agent's limits, and says when it may no longer be there.
final class Presence: Sendable {
  enum Kind: Hashable, Sendable {
    /// A connection of the embedded server.
    case session
    /// A running call of either front.
    case call
    /// A connection of OpenSSH, known from a call over it.
    case openSSH
  }

  private let presences: Presences
  private let number: UInt64
  let agent: Agent

  init(_ presences: Presences, number: UInt64, agent: Agent) {
    self.presences = presences
    self.number = number
    self.agent = agent
  }

  deinit { presences.remove(number) }
}

/// Tells a running call that its agent may no longer be there, and why.
final class Revocation: Sendable {
  private let signal: StopSignal
  private let first = Mutex<Refusal?>(nil)

  init() throws(KernelError) { signal = try StopSignal() }

  /// Ready with a hang-up once ``revoke(_:)`` was called.
  var interest: PollEntry { signal.interest }

  var refusal: Refusal? { first.withLock { $0 } }

  func revoke(_ refusal: Refusal) {
    first.withLock { first in if first == nil { first = refusal } }
    signal.raise()
  }
}
