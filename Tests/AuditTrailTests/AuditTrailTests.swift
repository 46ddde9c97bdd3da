import Testing

@testable import AuditTrail

@Suite struct AuditTrailTests {
  private let enabled = AuditStatus(isEnabled: true, daemon: 7, lost: 4, backlog: 0, backlogLimit: 64)
  private let disabled = AuditStatus(isEnabled: false, daemon: nil, lost: 4, backlog: 0, backlogLimit: 64)

  private func decision(_ line: [UInt8], length: Int? = nil) throws -> Decision {
    Decision(
      call: CallID(), caller: Caller(agent: "claude", keyFingerprint: nil, address: ClientAddress("::1")),
      line: line,
      lineLength: length, rules: ["id"], policy: try #require(AuditToken("0123456789abcdef")))
  }

  private func trail(_ link: ScriptedLink) -> AuditTrail { .over(link) }

  @Test("a recorded decision carries the id of its call")
  func recorded() throws {
    let link = ScriptedLink([enabled, enabled])
    let decision = try decision(Array("id".utf8))
    let recorded = try trail(link).recordDecision(decision)
    #expect(recorded.call.id == decision.call)
    #expect(link.sent.count == 1)
    #expect(link.sent.first?.contains("call=\(decision.call)") == true)
  }

  private func expect(_ expected: AuditError, from link: ScriptedLink) throws {
    let decision = try decision(Array("id".utf8))
    do throws(AuditError) {
      _ = try trail(link).recordDecision(decision)
      Issue.record("a decision counted as recorded")
    } catch {
      #expect(error == expected)
    }
  }

  @Test("while audit is disabled nothing is sent and no decision counts as recorded")
  func disabledBefore() throws {
    let link = ScriptedLink([disabled])
    try expect(.disabled, from: link)
    #expect(link.sent.isEmpty)
  }

  @Test("a decision does not count as recorded when audit was disabled while it was sent")
  func disabledMeanwhile() throws {
    try expect(.disabled, from: ScriptedLink([enabled, disabled]))
  }

  @Test("a decision does not count as recorded when the kernel lost records meanwhile")
  func lost() throws {
    var after = enabled
    after.lost = 6
    try expect(.lost(records: 2), from: ScriptedLink([enabled, after]))
  }

  @Test("a decision does not count as recorded when the kernel refused it or said nothing of its state")
  func errors() throws {
    try expect(.notPermitted, from: ScriptedLink([enabled, enabled], sendError: .notPermitted))
    try expect(.system(call: "AUDIT_GET", errno: 110), from: ScriptedLink([]))
    try expect(.system(call: "AUDIT_GET", errno: 110), from: ScriptedLink([enabled]))
  }

  @Test("a line that is too long for a record, or that a front has cut, is never recorded as allowed")
  func tooLong() throws {
    for decision in [
      try decision([UInt8](repeating: 0x20, count: 5000)), try decision(Array("id".utf8), length: 9000),
    ] {
      let link = ScriptedLink([enabled, enabled])
      do throws(AuditError) {
        _ = try trail(link).recordDecision(decision)
        Issue.record("a decision counted as recorded")
      } catch {
        guard case .tooLong = error else {
          Issue.record("\(error)")
          continue
        }
      }
      #expect(link.sent.isEmpty)
    }
  }

  @Test("each error says what happened and what to do")
  func messages() {
    let errors: [AuditError] = [
      .disabled, .notPermitted, .unsupported, .tooLong(bytes: 9000), .lost(records: 1),
      .system(call: "audit_open", errno: 24), .backlogFull(waiting: 9, limit: 8), .noDaemon,
      .daemonDead(process: 7),
      .daemonSilent(log: "/l"), .logDiskFull(log: "/l", bytes: 0), .notConfirmed, .endsOutstanding(calls: 3),
      .stopped,
      .stateInUse(path: "/s"), .state(path: "/s", problem: "why"),
    ]
    for error in errors {
      for line in [error.message, error.hint] {
        #expect(!line.isEmpty && !line.contains("\n") && !line.hasSuffix("."))
      }
    }
    #expect(AuditError.disabled.hint.contains("auditctl -e 1"))
    #expect(AuditError.system(call: "audit_open", errno: 24).message == "audit_open: EMFILE")
  }

  @Test("a trail that is switched off by configuration says so and records nothing")
  func switchedOff() throws {
    let trail = AuditTrail.runningUnrecordedByConfiguration()
    #expect(!trail.isRecording)
    #expect(try trail.status() == nil)
    let recorded = try trail.recordDecision(try decision(Array("id".utf8)))
    #expect(recorded.call.id.description.count == 16)
  }

  /// Changes nothing on the machine: it asks for the kernel's state.
  @Test("this machine's kernel tells of its audit system, or that this process may not know")
  func thisKernel() throws {
    do throws(AuditError) {
      _ = try AuditTrail.kernelStatus()
    } catch {
      // Without privilege, or in a container.
      #expect(error == .notPermitted || error == .unsupported)
    }
  }
}
