import AuditSchema
import Testing

@testable import AuditTrail

/// Records by number and chain value, and what becomes of those that fail.
@Suite struct NumberingTests {
  private let kernel = FakeKernel()

  private func trail(_ demands: AuditDemands = AuditDemands()) -> AuditTrail {
    .over(
      kernel, demands: demands, log: demands.daemonConfiguration == nil ? nil : kernel, clock: kernel.clock)
  }

  private func decision(_ line: String = "id") -> Decision {
    Decision(
      call: CallID(),
      caller: Caller(agent: "claude", keyFingerprint: nil, address: ClientAddress("192.0.2.7")),
      line: Array(line.utf8), rules: ["id"], policy: AuditToken(literal: "0123456789abcdef"))
  }

  private let exited = EndedCall(cause: .exited, status: 0, milliseconds: 1, bytesOut: 2, refusals: 0)

  private func call(_ trail: AuditTrail) throws {
    let open = try trail.recordDecision(decision()).begin()
    try open.end(exited)
  }

  private func error(_ body: () throws -> Void) -> AuditError? {
    do {
      try body()
      return nil
    } catch { return error as? AuditError }
  }

  /// Recomputes every value from what the kernel got.
  private func expectChained(_ records: [FakeKernel.Sent]) throws {
    var chain = RecordChain.none
    for (index, record) in records.enumerated() {
      #expect(record.reader.plain("seq") == "\(index + 1)")
      let end = try #require(record.text.firstRange(of: " chain="))
      chain = chain.following(
        type: record.type, text: Array(record.text[..<end.lowerBound].utf8),
        address: Array(record.address.utf8),
        terminal: Array(record.terminal.utf8), result: Array(record.result.utf8))
      #expect(record.reader.plain("chain") == chain.description)
    }
  }

  @Test func recordsAreNumberedFromOneAndChained() throws {
    let trail = trail()
    for _ in 0..<3 { try call(trail) }
    try trail.record(.refused(decision("rm -rf /"), reason: "no such command"))
    #expect(kernel.operations == ["decision", "end", "decision", "end", "decision", "end", "decision"])
    try expectChained(kernel.sent)
  }

  @Test func aRecordThatWasCertainlyNotSentTakesNoNumber() throws {
    let trail = trail()
    try call(trail)
    for change: (inout FakeKernel.Machine) -> Void in [
      { $0.status.isEnabled = false }, { $0.sendError = .notPermitted }, { $0.status.backlog = 64 },
    ] {
      kernel.set(change)
      #expect(error { try call(trail) } != nil)
      kernel.set { machine in
        machine.status.isEnabled = true
        machine.sendError = nil
        machine.status.backlog = 0
      }
    }
    #expect(
      error { _ = try trail.recordDecision(decision(String(repeating: " ", count: 5000))) } != nil)
    try call(trail)
    #expect(kernel.operations == ["decision", "end", "audit-trouble", "decision", "end"])
    try expectChained(kernel.sent)
    let trouble = kernel.sent[2].reader
    #expect(trouble.plain("missed") == "3" && trouble.plain("unsure") == nil)
    #expect(kernel.sent[2].result == "failed")
  }

  @Test func aRecordThatMayBeInTheTrailKeepsItsNumberWhichTheNextOneTells() throws {
    let trail = trail()
    try call(trail)
    kernel.set { $0.losing = 1 }
    #expect(error { try call(trail) } == .lost(records: 1))
    try call(trail)
    // The call whose decision is not certain has an end, so that it is open nowhere.
    #expect(kernel.operations == ["decision", "end", "audit-trouble", "end", "decision", "end"])
    #expect(kernel.sent.map { $0.reader.plain("seq") } == ["1", "2", "4", "5", "6", "7"])
    #expect(kernel.sent[2].reader.plain("unsure") == "3" && kernel.sent[2].reader.plain("missed") == "0")
    #expect(kernel.sent[3].reader.plain("cause") == "lost")
  }

  @Test func numbersThatAreNotCertainInARowAreToldAsARange() throws {
    let trail = trail()
    kernel.set { $0.losing = 3 }
    for _ in 0..<3 { #expect(error { try call(trail) } == .lost(records: 1)) }
    try call(trail)
    #expect(kernel.sent.first?.reader.plain("unsure") == "1-3")
    // One call's decision and two records of trouble were lost.
    #expect(kernel.operations == ["audit-trouble", "end", "decision", "end"])
  }

  @Test func troubleTellsHowLongItLastedAndWhy() throws {
    let trail = trail()
    kernel.set { $0.status.isEnabled = false }
    #expect(error { try call(trail) } == .disabled)
    kernel.wait(milliseconds: 2500)
    kernel.set { $0.status.isEnabled = true }
    try call(trail)
    let trouble = try #require(kernel.sent.first).reader
    #expect(trouble.plain("op") == "keyhole:audit-trouble" && trouble.plain("duration-ms") == "2500")
    #expect(trouble.decodedText("info") == AuditError.disabled.message)
    try expectChained(kernel.sent)
  }

  @Test func anEndThatCannotBeWrittenIsWrittenOnceTheTrailWorksAgain() throws {
    let trail = trail()
    let open = try trail.recordDecision(decision()).begin()
    kernel.set { $0.status.isEnabled = false }
    #expect(error { try open.end(exited) } == .disabled)
    kernel.set { $0.status.isEnabled = true }
    try trail.record(.refused(decision(), reason: "why"))
    #expect(kernel.operations == ["decision", "audit-trouble", "end", "decision"])
    #expect(kernel.sent[2].reader.plain("call") == open.id.description)
    #expect(kernel.sent[1].reader.plain("missed") == "0")
  }

  @Test func aCallThatItsOwnerForgetsHasAnEndThatSaysSo() throws {
    let trail = trail()
    do { _ = try trail.recordDecision(decision()).begin() }
    #expect(kernel.operations == ["decision", "end"])
    #expect(kernel.sent[1].reader.decodedText("info") == "the broker lost track of the call")
  }

  @Test func aCallHasOneEnd() throws {
    let trail = trail()
    let open = try trail.recordDecision(decision()).begin()
    try open.end(exited)
    try open.end(exited)
    #expect(kernel.operations == ["decision", "end"])
  }

  @Test func noMoreCallsBeginThanThereAreSlotsForTheirEnds() throws {
    let trail = AuditTrail.over(kernel, clock: kernel.clock, calls: 2)
    let first = try trail.recordDecision(decision()).begin()
    let second = try trail.recordDecision(decision()).begin()
    #expect(error { try call(trail) } == .endsOutstanding(calls: 2))
    try first.end(exited)
    try call(trail)
    try second.end(exited)
    try expectChained(kernel.sent)
  }

  @Test func afterTheStopThereIsNoOtherRecord() throws {
    let trail = trail()
    try trail.stop()
    #expect(error { try call(trail) } == .stopped)
    #expect(kernel.operations == ["stop"])
  }
}
