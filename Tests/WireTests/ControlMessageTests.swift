import Testing
import Wire

@Suite struct ControlMessageTests {
  @Test func aRequestIsThreeBytes() {
    #expect(ControlRequest.reload.encoded() == [1, 6, 0])
    #expect(ControlRequest.status.encoded() == [1, 6, 1])
  }

  @Test func anUnknownRequestIsAnErrorThatNamesIt() {
    #expect(throws: WireError.unknownTag(.request, 9)) { try ControlRequest(decoding: [1, 6, 9]) }
  }

  @Test func aFrontsRequestIsNotAnAdministrators() {
    let call = CallRequest(line: nil, lineLength: 0, connection: [], authentication: [], target: nil)
    #expect(throws: WireError.unknownTag(.kind, WireKind.callRequest.rawValue)) {
      try ControlRequest(decoding: call.encoded())
    }
  }

  @Test func findingsThatHaveNoRoomAreCounted() throws {
    let finding = PolicyFinding(
      severity: .error, file: Array("/etc/keyhole/policy/a.yaml".utf8), line: 1, column: 2, message: "wrong",
      hint: "", shown: [UInt8](repeating: 0x61, count: WireLimit.shownFinding))
    var findings = PolicyFindings()
    for _ in 0..<600 { findings.add(finding) }
    #expect(findings.findings.count > 500 && findings.omitted > 0)
    #expect(findings.findings.count + Int(findings.omitted) == 600)
    let encoded = findings.encoded()
    #expect(encoded.count <= PolicyFindings.maximumSize)
    #expect(try PolicyFindings(decoding: encoded) == findings)
  }

  @Test func aFindingIsAcceptedAtItsLimitAndRefusedOneByteAboveIt() throws {
    func decode(_ count: Int) throws {
      var findings = PolicyFindings()
      findings.add(
        PolicyFinding(
          severity: .warning, file: [], line: 0, column: 0, message: "", hint: "",
          shown: [UInt8](repeating: 0x61, count: count)))
      #expect(try PolicyFindings(decoding: findings.encoded()) == findings)
    }
    try decode(WireLimit.shownFinding)
    #expect(throws: WireError.tooLong(.finding)) { try decode(WireLimit.shownFinding + 1) }
  }

  @Test func theLargestReplyFitsOnePacket() {
    let text = String(repeating: "…", count: 2000)
    let change = PartChange(before: .max, after: .max, added: .max, removed: .max, changed: .max)
    let exchange = PolicyExchange(
      before: text, after: text, commands: change, secrets: change, publicTrees: change, roles: change,
      agents: change, isRecorded: true, warnings: .max)
    #expect(ControlReply.reloaded(exchange).encoded().count < ControlReply.maximumSize)
    #expect(ControlReply.failed(reason: text, hint: text).encoded().count < ControlReply.maximumSize)
  }
}
