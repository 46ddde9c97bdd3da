import Synchronization
import Testing

@testable import AuditTrail

/// Stands in for the kernel: answers as told, keeps what it was sent.
private final class ScriptedLink: AuditLink {
  struct Script {
    var statuses: [AuditStatus]
    var sendError: AuditError?
    var sent: [String] = []
  }

  let script: Mutex<Script>

  init(_ statuses: [AuditStatus], sendError: AuditError? = nil) {
    script = Mutex(Script(statuses: statuses, sendError: sendError))
  }

  var sent: [String] { script.withLock { $0.sent } }

  func status() throws(AuditError) -> AuditStatus {
    try script.withLock { script throws(AuditError) in
      guard !script.statuses.isEmpty else { throw .system(call: "AUDIT_GET", errno: 110) }
      return script.statuses.removeFirst()
    }
  }

  func send(_ record: AuditRecord, text: String) throws(AuditError) {
    try script.withLock { script throws(AuditError) in
      if let error = script.sendError { throw error }
      script.sent.append(text)
    }
  }
}

@Suite struct AuditTrailTests {
  private let enabled = AuditStatus(isEnabled: true, daemon: 7, lost: 4, backlog: 0, backlogLimit: 64)
  private let disabled = AuditStatus(isEnabled: false, daemon: nil, lost: 4, backlog: 0, backlogLimit: 64)
  private let executable = Array("/usr/libexec/keyhole/keyhole-broker".utf8)

  private func decision(_ line: [UInt8], length: Int? = nil) throws -> Decision {
    Decision(
      call: CallID(), caller: Caller(agent: "claude", keyFingerprint: nil, address: ClientAddress("::1")),
      line: line,
      lineLength: length, rules: ["id"], policy: try #require(AuditToken("0123456789abcdef")))
  }

  private func trail(_ link: ScriptedLink) -> AuditTrail { AuditTrail(link: link, executable: executable) }

  @Test("a recorded decision carries the id of its call")
  func recorded() throws {
    let link = ScriptedLink([enabled, enabled])
    let decision = try decision(Array("id".utf8))
    let recorded = try trail(link).recordDecision(decision)
    #expect(recorded.call == decision.call)
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
      .system(call: "audit_open", errno: 24),
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
    #expect(recorded.call.description.count == 16)
  }

  /// Changes nothing on the machine: it asks for the kernel's state and expects what follows from it. With audit enabled
  /// it writes one record.
  @Test("this machine's kernel either records, or the record is refused with the reason")
  func thisKernel() throws {
    let trail: AuditTrail
    let status: AuditStatus?
    do throws(AuditError) {
      trail = try AuditTrail()
      status = try trail.status()
    } catch {
      // Without privilege, or in a container: no state, so no record either.
      #expect(error == .notPermitted || error == .unsupported)
      return
    }
    let record = AuditRecord.refused(try decision(Array("keyhole unit test".utf8)), reason: "a test")
    if try #require(status).isEnabled {
      try trail.record(record)
    } else {
      #expect(throws: AuditError.disabled) { try trail.record(record) }
    }
  }
}
