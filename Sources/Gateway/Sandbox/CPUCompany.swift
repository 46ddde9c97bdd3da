internal import Kernel

/// Keeps a stage and the supervisor on one CPU while the stage makes one held call after the other.
///
/// Each held call is a question and an answer between two processes that never work at the same time. On two CPUs, each
/// of them would be woken from idleness by the other, which costs more than all the rest. A stage that has made no held call
/// for a while has other work, and may do it anywhere.
struct CPUCompany {
  /// nanoseconds
  private static let longestPause: Int64 = 20_000_000
  private static let shortPause: Int64 = 1_000_000
  /// Calls after short pauses that bring a stage back.
  private static let streak = 64

  /// Where the call may run; nil when that cannot be told, and then everybody stays where they are.
  let everywhere: CPUAffinity?

  init() {
    everywhere = try? CPUAffinity()
    if everywhere != nil { keep(ProcessID(0)) }
  }

  /// How long at most to wait before ``part(_:at:through:)`` may have something to do, in milliseconds.
  static func patience(with stages: [RunningStage]) -> Int? {
    stages.contains(where: \.sharesCPU) ? Int(longestPause / 1_000_000) : nil
  }

  /// A stage is about to start: it inherits where the supervisor is.
  func welcome(_ stage: RunningStage, at now: Int64) {
    stage.sharesCPU = everywhere != nil
    stage.lastHeldCall = now
  }

  /// A thread of the stage has made a held call.
  func meet(_ stage: RunningStage, _ thread: ProcessID, at now: Int64) {
    let isSoon = now - stage.lastHeldCall < Self.shortPause
    stage.lastHeldCall = now
    stage.soonHeldCalls = isSoon ? stage.soonHeldCalls + 1 : 0
    if !stage.sharesCPU && everywhere != nil && stage.soonHeldCalls >= Self.streak {
      stage.sharesCPU = true
      keep(ProcessID(0))
      keep(thread)
    }
  }

  /// Lets the stage go anywhere if it has made no held call for a while.
  func part(_ stage: RunningStage, at now: Int64, through callers: borrowing CallerView) {
    guard stage.sharesCPU, now - stage.lastHeldCall > Self.longestPause else { return }
    stage.sharesCPU = false
    stage.soonHeldCalls = 0
    for thread in callers.threads(of: stage.child.process) { try? everywhere?.apply(to: thread) }
  }

  /// It is only slower where this fails.
  private func keep(_ thread: ProcessID) { try? CPUAffinity.keepHere(thread) }
}
