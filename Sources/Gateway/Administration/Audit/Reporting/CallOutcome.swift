internal import AuditReading

/// What became of a call, in the few classes that a report counts.
enum CallOutcome: Int, CaseIterable {
  /// The command exited with status 0.
  case succeeded
  /// It exited with another status: also a grep that found nothing.
  case failed
  /// It was ended from outside: a signal, its time or output limit, the client gone, the agent revoked.
  case stopped
  /// Keyhole could not run it, or the sandbox refused before anything ran.
  case troubled
  /// Its end was never written; the next start of the broker closed it.
  case lost
  /// No end is in the logs: it still runs, or its record is missing.
  case open
  /// The policy refused it.
  case refused

  init(of call: AuditedCall) {
    if call.verdict == .refused {
      self = .refused
      return
    }
    guard let end = call.end else {
      self = .open
      return
    }
    switch end.cause {
    case "exited": self = end.status == 0 ? .succeeded : .failed
    case "lost": self = .lost
    case "refused", "failed": self = .troubled
    default: self = .stopped
    }
  }

  /// As it stands in the JSON form and in tables.
  var name: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .stopped: "stopped"
    case .troubled: "troubled"
    case .lost: "lost"
    case .open: "open"
    case .refused: "refused"
    }
  }
}

/// How many calls ended how.
struct OutcomeCounts: Equatable {
  private(set) var counts = [Int](repeating: 0, count: CallOutcome.allCases.count)

  subscript(_ outcome: CallOutcome) -> Int { counts[outcome.rawValue] }

  var calls: Int { counts.reduce(0, +) }
  var allowed: Int { calls - self[.refused] }
  /// Without an end that the call itself made.
  var unended: Int { self[.lost] + self[.open] }

  mutating func add(_ outcome: CallOutcome) { counts[outcome.rawValue] += 1 }

  mutating func add(_ other: OutcomeCounts) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }
}

/// What calls of one kind came to.
struct CallTally: Equatable {
  var outcomes = OutcomeCounts()
  /// Of the first and the last of them, in milliseconds since 1970.
  var first = Int64.max
  var last = Int64.min
  /// What their ends say, in milliseconds and bytes.
  var duration: UInt64 = 0
  var bytesOut: UInt64 = 0
  /// Accesses that the sandbox refused.
  var accesses: UInt64 = 0

  var calls: Int { outcomes.calls }

  mutating func add(_ call: AuditedCall, _ outcome: CallOutcome) {
    outcomes.add(outcome)
    first = min(first, call.time)
    last = max(last, call.time)
    accesses &+= max(UInt64(call.accesses.count), call.end?.refusals ?? 0)
    guard let end = call.end else { return }
    duration &+= end.milliseconds
    bytesOut &+= end.bytesOut
  }
}
