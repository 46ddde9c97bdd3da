internal import Kernel
internal import Wire

/// A connection that is about to end: calls may end by themselves for a while, then they are ended, then the client is told.
struct Closing {
  var cause: SessionEnd
  /// What the client is told at the end.
  var words: String
  /// What calls that still run are ended with, and their status.
  var callWords: [String]
  var callStatus: UInt8
  /// Until when calls may end by themselves, on ``MonotonicClock``.
  var deadline: Int64
  private var hasEndedCalls = false
  /// Until when the client may close its channels, so that it has taken note of how its commands ended: what comes after the
  /// reason for a disconnect is lost on clients.
  private var lingersUntil: Int64?

  /// How long the last bytes may take to leave, in nanoseconds.
  static let flushTime: Int64 = 300_000_000

  init(
    cause: SessionEnd, words: String, callWords: [String], callStatus: UInt8, deadline: Int64
  ) {
    self.cause = cause
    self.words = words
    self.callWords = callWords
    self.callStatus = callStatus
    self.deadline = deadline
  }

  /// Whether the connection is to be closed now. `endCalls` is called once, when calls have had their time.
  mutating func isOver(
    now: Int64, isBusy: Bool, hasChannels: Bool, endCalls: (Closing) -> Void
  ) -> Bool {
    if !hasChannels || now >= deadline + 2 * Self.flushTime { return true }
    if isBusy {
      if now >= deadline && !hasEndedCalls {
        hasEndedCalls = true
        endCalls(self)
      }
      return false
    }
    let until = lingersUntil ?? now + Self.flushTime
    lingersUntil = until
    return now >= until
  }

  /// When to look again at the latest.
  var next: Int64 { lingersUntil ?? (hasEndedCalls ? deadline + 2 * Self.flushTime : deadline) }

  /// The server stops.
  static func draining(for milliseconds: UInt32, from now: Int64) -> Closing {
    Closing(
      cause: .draining, words: "the server stops", callWords: Words.stops, callStatus: 125,
      deadline: now + Int64(milliseconds) * 1_000_000)
  }

  /// The agent may be here no longer. The broker ends its calls by itself.
  static func revoked(_ reason: String, from now: Int64) -> Closing {
    Closing(
      cause: .revoked, words: reason, callWords: [reason], callStatus: 126, deadline: now + 300_000_000)
  }

  /// Without the broker nothing can be run; its calls end with it.
  static func brokerGone(from now: Int64) -> Closing {
    Closing(
      cause: .draining, words: "the broker is gone", callWords: Words.ended, callStatus: 125,
      deadline: now + 300_000_000)
  }
}
