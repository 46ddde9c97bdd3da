internal import Kernel

extension ListenerService {
  /// What one wait has brought, as positions in the lists of this moment.
  struct Round {
    var hasSignal = false
    var ready: [Int] = []
    var saying: [Int] = []
    var ended: [Int] = []
    var waitingEnded: [Int] = []
  }

  private enum Subject {
    case signal
    case place(Int)
    case says(Int)
    case ended(Int)
    case waiting(Int)
  }

  func waitForEvents(until end: Int64? = nil) throws(KernelError) -> Round {
    let now = MonotonicClock.now
    var subjects: [Subject] = [.signal]
    var entries = [PollEntry(signals.descriptor, .readable)]
    if acceptingFrom <= now {
      for (index, place) in places.enumerated() {
        subjects.append(.place(index))
        entries.append(PollEntry(place.socket.descriptor, .readable))
      }
    }
    for (index, session) in sessions.enumerated() {
      subjects.append(.ended(index))
      entries.append(session.ended)
      if let says = session.says {
        subjects.append(.says(index))
        entries.append(says)
      }
    }
    for (index, session) in pool.waiting.enumerated() {
      subjects.append(.waiting(index))
      entries.append(PollEntry(session.process.pidfd, .readable))
    }
    let deadlines = [
      end, turnedAway.deadline, places.isEmpty ? nil : pool.deadline,
      acceptingFrom > now ? acceptingFrom : nil,
    ]
    let milliseconds = deadlines.compactMap { $0 }.min().map { Int(max(0, ($0 - now + 999_999) / 1_000_000)) }
    _ = try poll(&entries, milliseconds: milliseconds)
    var round = Round()
    for (subject, entry) in zip(subjects, entries) where !entry.got.isEmpty {
      switch subject {
      case .signal: round.hasSignal = true
      case .place(let index): round.ready.append(index)
      case .says(let index): round.saying.append(index)
      case .ended(let index): round.ended.append(index)
      case .waiting(let index): round.waitingEnded.append(index)
      }
    }
    return round
  }
}
