import AuditSchema
import Testing

@testable import AuditTrail

@Suite struct SessionRecordTests {
  private let executable = Array("/usr/lib/keyhole/keyhole-broker".utf8)
  private let policy = AuditToken(literal: "0123456789abcdef")

  private func caller(_ agent: String? = "claude") throws -> Caller {
    Caller(
      agent: agent, keyFingerprint: "SHA256:x", address: ClientAddress("192.0.2.7"),
      session: SessionID("00c0ffee00c0ffee"))
  }

  @Test func anAuthenticationIsOneThatAureportCounts() throws {
    let record = AuditRecord.authenticated(try caller(), policy: policy)
    #expect(record.type.rawValue == 1100 && record.result == .success && record.terminal == .ssh)
    #expect(
      try record.text(executable: executable)
        == "op=keyhole:authentication acct=\"claude\" key=\"SHA256:x\" session=00c0ffee00c0ffee policy=0123456789abcdef"
    )
  }

  @Test func aRefusedAuthenticationSaysWhy() throws {
    let record = AuditRecord.notAuthenticated(try caller(nil), policy: policy, reason: "it's no agent")
    #expect(record.type.rawValue == 1100 && record.result == .failed)
    let reader = RecordReader(try record.text(executable: executable))
    #expect(reader.decodedText("acct") == "?" && reader.decodedText("info") == "it's no agent")
  }

  @Test func theEndOfASessionSaysHowLongAndHowManyCalls() throws {
    let end = EndedSession(cause: .crashed, milliseconds: 1500, calls: 3)
    let record = AuditRecord.sessionEnded(try caller(), end)
    #expect(record.type.rawValue == 1106 && record.result == .failed)
    #expect(
      try record.text(executable: executable).hasSuffix(
        "session=00c0ffee00c0ffee cause=crashed duration-ms=1500 calls=3"))
    let revoked = EndedSession(cause: .revoked("the agent claude is suspended"), milliseconds: 0, calls: 0)
    let reader = RecordReader(
      try AuditRecord.sessionEnded(try caller(), revoked).text(executable: executable))
    #expect(reader.plain("cause") == "revoked")
    #expect(reader.decodedText("info") == "the agent claude is suspended")
  }

  @Test func onlyEndsThatSomebodyWishedForAreASuccess() throws {
    let wished: [EndedSession.Cause] = [.clientGone, .idle, .draining, .stopped]
    let others: [EndedSession.Cause] = [
      .authenticationTimeout, .tooManyAttempts, .protocolError, .limit, .crashed, .revoked(""),
      .misbehaved(""),
    ]
    for (causes, result) in [(wished, AuditRecord.Result.success), (others, .failed)] {
      for cause in causes {
        let end = EndedSession(cause: cause, milliseconds: 0, calls: 0)
        #expect(AuditRecord.sessionEnded(try caller(), end).result == result)
      }
    }
  }

  @Test func anAgentChangeHasTheTypeThatAuditHasForAccounts() throws {
    let changes: [(AgentChange, Int32, String)] = [
      (.added, 1114, "added"), (.removed, 1115, "removed"),
      (.changed(what: ["keys", "roles"]), 1102, "changed"),
      (.suspended, 1135, "suspended"), (.resumed, 1136, "resumed"),
    ]
    for (change, number, word) in changes {
      let record = AuditRecord.agentChanged(
        "claude", change, policy: policy, for: .administrator(user: 0, login: 1000))
      #expect(record.type.rawValue == number && record.result == .success)
      let text = try record.text(executable: executable)
      #expect(
        text.hasPrefix(
          "op=keyhole:agent-change acct=\"claude\" change=\(word) policy=0123456789abcdef by=control admin=0 login=1000"
        ))
      #expect(RecordReader(text).decodedText("info") == (word == "changed" ? "keys, roles" : nil))
    }
  }

  @Test func aRevokedCallIsRecordedAsSuchWithTheReason() throws {
    let end = EndedCall(
      cause: .revoked("the agent claude is suspended"), status: 126, milliseconds: 5, bytesOut: 0, refusals: 0
    )
    let record = AuditRecord.end(call: CallID(), caller: try caller(), end)
    let reader = RecordReader(try record.text(executable: executable))
    #expect(record.result == .failed && reader.plain("cause") == "revoked" && reader.plain("status") == "126")
    #expect(reader.plain("session") == "00c0ffee00c0ffee")
    #expect(reader.decodedText("info") == "the agent claude is suspended")
  }
}
