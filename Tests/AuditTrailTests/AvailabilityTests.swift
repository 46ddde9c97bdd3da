import AuditSchema
import Synchronization
import Testing

@testable import AuditTrail

/// What a trail that cannot be written does to calls, and how it comes back.
@Suite struct AvailabilityTests {
  private let kernel = FakeKernel()

  private func trail(daemon: Bool = false, confirm: Bool = false) -> AuditTrail {
    .over(
      kernel, demands: AuditDemands(daemonConfiguration: daemon ? "/c" : nil, confirmation: confirm),
      log: daemon ? kernel : nil, clock: kernel.clock)
  }

  private func call(_ trail: AuditTrail) -> AuditError? {
    let decision = Decision(
      call: CallID(), caller: Caller(agent: "claude", keyFingerprint: nil, address: nil),
      line: Array("id".utf8),
      rules: ["id"], policy: AuditToken(literal: "0123456789abcdef"))
    do throws(AuditError) {
      let open = try trail.recordDecision(decision).begin()
      try open.end(EndedCall(cause: .exited, status: 0, milliseconds: 1, bytesOut: 2, refusals: 0))
      return nil
    } catch {
      return error
    }
  }

  /// Down for a reason that nothing is sent for; up again at once.
  private func expect(
    _ error: AuditError, from trail: AuditTrail, while change: (inout FakeKernel.Machine) -> Void
  ) {
    #expect(call(trail) == nil)
    let before = kernel.sent.count
    let machine = kernel.machine.withLock { $0 }
    kernel.set(change)
    #expect(call(trail) == error)
    #expect(call(trail) == error)
    #expect(kernel.sent.count == before)
    kernel.set {
      $0.status = machine.status
      $0.isDaemonAlive = true
      $0.free = machine.free
    }
    #expect(call(trail) == nil)
    #expect(kernel.operations[before...] == ["audit-trouble", "decision", "end"])
    #expect(kernel.sent[before].reader.plain("missed") == "2")
  }

  @Test func aFullBacklogIsRefusedAtOnce() {
    expect(.backlogFull(waiting: 64, limit: 64), from: trail()) { $0.status.backlog = 64 }
  }

  @Test func aBacklogWithoutALimitIsNeverFull() {
    kernel.set { machine in
      machine.status.backlog = 100
      machine.status.backlogLimit = 0
    }
    #expect(call(trail()) == nil)
  }

  @Test func withoutADaemonNothingRunsWhereOneIsDemanded() {
    expect(.noDaemon, from: trail(daemon: true)) { $0.status.daemon = nil }
    kernel.set { $0.status.daemon = nil }
    #expect(call(trail()) == nil)
  }

  @Test func aDaemonThatIsGoneIsNone() {
    expect(.daemonDead(process: 7), from: trail(daemon: true)) { $0.isDaemonAlive = false }
  }

  @Test func aFullDiskIsNoticedBeforeTheDaemonDoes() {
    expect(.logDiskFull(log: kernel.path, bytes: 4096), from: trail(daemon: true)) { $0.free = 4096 }
  }

  @Test func aDaemonThatDoesNotWriteIsFoundAfterTwoSecondsAndTriedOnceASecond() {
    let trail = trail(daemon: true)
    #expect(call(trail) == nil)
    kernel.set { $0.writes = false }
    kernel.wait(milliseconds: 10_000)
    // Nothing was sent since it wrote last.
    #expect(call(trail) == nil)
    kernel.wait(milliseconds: 1900)
    #expect(call(trail) == nil)
    kernel.wait(milliseconds: 200)
    let silent = AuditError.daemonSilent(log: kernel.path)
    let before = kernel.sent.count
    #expect(call(trail) == silent)
    #expect(kernel.sent.count == before)
    for _ in 0..<10 {
      kernel.wait(milliseconds: 250)
      #expect(call(trail) == silent)
    }
    // 2.5 seconds, one trial a second.
    #expect(kernel.operations[before...] == ["audit-trouble", "audit-trouble"])
    kernel.set { $0.writes = true }
    kernel.wait(milliseconds: 1001)
    #expect(call(trail) == nil)
    #expect(kernel.operations[(before + 2)...] == ["audit-trouble", "decision", "end"])
    let trouble = kernel.sent[before + 2].reader
    // The trials may have been written or not.
    #expect(trouble.plain("unsure") == "\(before + 1)-\(before + 2)" && trouble.plain("missed") == "11")
  }

  @Test func anotherDaemonIsGivenTimeToWrite() {
    let trail = trail(daemon: true)
    #expect(call(trail) == nil)
    kernel.set { $0.writes = false }
    #expect(call(trail) == nil)
    kernel.wait(milliseconds: 3000)
    kernel.set { $0.status.daemon = 8 }
    #expect(call(trail) == nil)
  }

  @Test func aRecordThatTheKernelDoesNotPassOnIsNotWrittenWhereConfirmationIsDemanded() {
    let trail = trail(confirm: true)
    #expect(call(trail) == nil)
    kernel.set { $0.emits = false }
    #expect(call(trail) == .notConfirmed)
    let sent = kernel.sent.count
    // Others do not wait for the same.
    #expect(call(trail) == .notConfirmed)
    #expect(kernel.sent.count == sent)
    kernel.wait(milliseconds: 1001)
    #expect(call(trail) == .notConfirmed)
    #expect(kernel.operations.last == "audit-trouble")
    kernel.set { $0.emits = true }
    kernel.wait(milliseconds: 1001)
    #expect(call(trail) == nil)
    #expect(
      kernel.operations == [
        "decision", "end", "decision", "audit-trouble", "audit-trouble", "end", "decision", "end",
      ])
    #expect(kernel.sent[4].reader.plain("unsure") == "3-4")
    #expect(kernel.sent[4].reader.plain("missed") == "2")
  }

  @Test func withoutDemandsNeitherTheDaemonNorTheKernelsOutputIsLookedAt() {
    kernel.set { machine in
      machine.emits = false
      machine.isDaemonAlive = false
      machine.free = 0
    }
    #expect(call(trail()) == nil)
  }

  @Test(
    arguments: [
      ("log_file = /var/log/audit/audit.log\n", "/var/log/audit/audit.log"),
      ("# a\nlog_format=RAW\n  log_file=/x/y\n", "/x/y"), ("", nil), ("log_file =\n", nil),
      ("log_files = /x\n", nil),
    ] as [(String, String?)])
  func theLogIsTheOneThatTheDaemonsConfigurationNames(text: String, expected: String?) {
    #expect(ConfiguredDaemonLog.value(of: "log_file", in: text) == expected)
  }
}
