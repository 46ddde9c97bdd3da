import AuditSchema
import Testing

@testable import AuditTrail

@Suite struct AuditRecordTests {
  private let executable = Array("/usr/libexec/keyhole/keyhole-broker".utf8)
  private let caller = Caller(
    agent: "claude", keyFingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    address: ClientAddress("192.0.2.7"))

  private func decision(_ line: [UInt8]?, length: Int? = nil, rules: [String] = ["journalctl"]) throws
    -> Decision
  {
    Decision(
      call: try #require(CallID("00c0ffee00c0ffee")), caller: caller, line: line, lineLength: length,
      rules: rules,
      policy: try #require(AuditToken("0123456789abcdef")))
  }

  @Test("an allowed line is recorded with its agent, key, policy, rules and bytes")
  func allowed() throws {
    let decision = try decision(
      Array("journalctl -n 5 | grep x".utf8), rules: ["journalctl", "grep", "grep"])
    let record = AuditRecord.allowed(decision)
    #expect(record.type.rawValue == 1123)
    #expect(record.result == .success)
    #expect(
      try record.text(executable: executable)
        == "op=keyhole:decision call=00c0ffee00c0ffee acct=\"claude\""
        + " key=\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\" policy=0123456789abcdef verdict=allowed"
        + " rule=\"journalctl:grep\" cmd=6A6F75726E616C63746C202D6E2035207C20677265702078")
  }

  @Test("a refused line is recorded as failed, with the reason")
  func refused() throws {
    let record = AuditRecord.refused(
      try decision(Array("rm -rf /".utf8), rules: []), reason: "rm: not a known command")
    #expect(record.type.rawValue == 1123)
    #expect(record.result == .failed)
    let reader = RecordReader(try record.text(executable: executable))
    #expect(reader.plain("verdict") == "refused")
    #expect(reader.decodedText("info") == "rm: not a known command")
    #expect(reader.decodedText("cmd") == "rm -rf /")
  }

  @Test("a request for a shell has no cmd field, an empty line has an empty one")
  func noLine() throws {
    #expect(!(try AuditRecord.allowed(try decision(nil)).text(executable: executable).contains("cmd=")))
    #expect(try AuditRecord.allowed(try decision([])).text(executable: executable).hasSuffix(" cmd=\"\""))
  }

  @Test("an unknown agent and key are a question mark")
  func unknownAgent() throws {
    var decision = try decision(Array("id".utf8))
    decision.caller = Caller(agent: nil, keyFingerprint: nil, address: nil)
    let reader = RecordReader(
      try AuditRecord.refused(decision, reason: "unknown key").text(executable: executable))
    #expect(reader.plain("acct") == "\"?\"")
    #expect(reader.plain("key") == "\"?\"")
  }

  @Test("no line, agent, rule or reason can add a field or change one")
  func injection() throws {
    let evil = "x' verdict=allowed,res=success\" acct=root\nmsg='uid=0 \u{1D}AUID=\"root\""
    var decision = try decision(Array(evil.utf8), rules: [evil])
    decision.caller = Caller(agent: evil, keyFingerprint: evil, address: nil, vm: evil)
    let text = try AuditRecord.refused(decision, reason: evil).text(executable: executable)
    let reader = RecordReader(text)
    #expect(reader.names == ["op", "call", "acct", "key", "vm", "policy", "verdict", "rule", "cmd", "info"])
    for name in ["acct", "key", "vm", "rule", "cmd", "info"] { #expect(reader.decodedText(name) == evil) }
    #expect(!text.utf8.contains(UInt8(ascii: "'")))
  }

  @Test("a 4,000-byte line of 32 stages that needs encoding is recorded whole")
  func longestLine() throws {
    let line = [UInt8](repeating: 0x20, count: 4000)
    let rules = (0..<10).map { "command-\($0)" }
    let text = try AuditRecord.allowed(try decision(line, rules: rules)).text(executable: executable)
    #expect(RecordReader(text).decoded("cmd") == line)
  }

  @Test("an allowed line that does not fit is refused, not cut")
  func tooLong() throws {
    let record = AuditRecord.allowed(try decision([UInt8](repeating: 0x20, count: 4300)))
    do {
      _ = try record.text(executable: executable)
      Issue.record("a record above the kernel's limit was built")
    } catch {
      guard case .tooLong(let bytes) = error else { throw error }
      #expect(bytes > AuditRecord.maximumBytes)
    }
  }

  @Test("a refused line that does not fit is cut, and the record says how long it was")
  func cutLine() throws {
    let record = AuditRecord.refused(
      try decision([UInt8](repeating: 0x20, count: 8192), length: 20_000), reason: "the line is too long")
    let text = try record.text(executable: executable)
    let reader = RecordReader(text)
    #expect(reader.plain("cmd-bytes") == "20000")
    let kept = try #require(reader.decoded("cmd"))
    #expect(kept.count > 4000 && kept.allSatisfy { $0 == 0x20 })
    #expect(reader.plain("verdict") == "refused")
  }

  @Test("a refused line whose agent and rules alone are above the limit is an error, not a wrong record")
  func nothingLeftToCut() throws {
    let record = AuditRecord.refused(
      try decision(Array("id".utf8), rules: [String(repeating: "x", count: 9000)]), reason: "unknown")
    #expect(throws: AuditError.self) { try record.text(executable: executable) }
  }

  @Test("the largest number and the chain value of a record have room beside a line of 4,000 bytes")
  func numberedLongestLine() throws {
    let line = [UInt8](repeating: 0x20, count: 4000)
    let record = AuditRecord.allowed(try decision(line, rules: (0..<6).map { "command-\($0)" }))
    let (text, chain) = record.numbered(try record.text(executable: executable), .max, after: .none)
    let added =
      " exe=\"\(String(decoding: executable, as: UTF8.self))\" hostname=? addr=192.0.2.7 terminal=ssh res=success"
    #expect(text.utf8.count + added.utf8.count <= AuditRecord.maximumBytes)
    #expect(RecordReader(text).decoded("cmd") == line)
    #expect(text.hasSuffix(" seq=18446744073709551615 chain=\(chain)"))
  }

  @Test("with everything libaudit adds, no record is above what the kernel keeps", arguments: 0..<400)
  func bound(step: Int) throws {
    let line = [UInt8](repeating: 0x20, count: 3900 + step)
    let reason = String(repeating: "é", count: step)
    let added =
      " exe=\"\(String(decoding: executable, as: UTF8.self))\" hostname=? addr=192.0.2.7 terminal=ssh res=failed"
    let record = AuditRecord.refused(try decision(line), reason: reason)
    let text = try record.text(executable: executable)
    let numbered = record.numbered(text, .max, after: .none).text
    #expect(numbered.utf8.count + added.utf8.count <= 8560)
    let reader = RecordReader(text)
    #expect(reader.decoded("info").map { String(validating: $0, as: UTF8.self) != nil } ?? true)
    // The line is cut only when the explanation has gone.
    if reader.plain("cmd-bytes") != nil { #expect(reader.plain("info") == nil) }
  }

  @Test("an explanation gives way to the line")
  func explanationIsShortened() throws {
    let line = [UInt8](repeating: 0x20, count: 4000)
    let record = AuditRecord.refused(try decision(line), reason: String(repeating: "why ", count: 200))
    let reader = RecordReader(try record.text(executable: executable))
    #expect(reader.decoded("cmd") == line)
    #expect(reader.plain("cmd-bytes") == nil)
    #expect(try #require(reader.decodedText("info")).hasPrefix("why why"))
    #expect(try #require(reader.decodedText("info")).hasSuffix("…"))
  }

  @Test("the end of a call says how, with numbers")
  func end() throws {
    let call = try #require(CallID("00c0ffee00c0ffee"))
    let end = EndedCall(cause: .timedOut, status: 124, milliseconds: 30_001, bytesOut: 12, refusals: 3)
    let record = AuditRecord.end(call: call, caller: caller, end)
    #expect(record.result == .failed)
    #expect(
      try record.text(executable: executable).hasSuffix(
        " cause=timed-out status=124 duration-ms=30001 bytes-out=12 refusals=3"))
    let exited = EndedCall(cause: .exited, status: 3, milliseconds: 1, bytesOut: 0, refusals: 0)
    #expect(AuditRecord.end(call: call, caller: caller, exited).result == .success)
  }

  @Test("a refused access is recorded with the path, also the longest one")
  func refusedAccess() throws {
    let call = try #require(CallID("00c0ffee00c0ffee"))
    let path = [UInt8](repeating: 0xFF, count: 4096)
    for (operation, word) in [
      (RefusedOperation.open, "open"), (.connect, "connect"), (.write, "write"),
    ] {
      let record = AuditRecord.refusedAccess(
        call: call, caller: caller, operation, path: path, reason: "password hashes")
      #expect(record.type.rawValue == 2111)
      #expect(record.result == .failed)
      let reader = RecordReader(try record.text(executable: executable))
      #expect(reader.plain("op") == "keyhole:refused-\(word)")
      #expect(reader.decoded("name") == path)
    }
  }

  @Test("a policy load names who asked for it: the uid, and the one that logged in")
  func loadRequesters() throws {
    let digest = try #require(AuditToken("0123456789abcdef"))
    func text(_ requester: LoadRequester) throws -> String {
      try AuditRecord.policyLoaded(digest, old: digest, for: requester).text(executable: executable)
    }
    #expect(try text(.signal).hasSuffix(" by=signal"))
    #expect(try text(.administrator(user: 0, login: 1000)).hasSuffix(" by=control admin=0 login=1000"))
    #expect(try text(.administrator(user: 0, login: nil)).hasSuffix(" by=control admin=0 login=unset"))
  }

  @Test("policy loads and service starts and stops have no terminal and name the policy")
  func serviceRecords() throws {
    let digest = try #require(AuditToken("0123456789abcdef"))
    let unit = try #require(AuditToken("keyhole-broker"))
    let start = TrailStart(boot: "00c0ffee00c0ffee", after: .crash, open: 2, unsure: 7...9, previous: .none)
    let loaded = AuditRecord.policyLoaded(digest, old: nil, for: .start)
    #expect(loaded.type.rawValue == 1111 && loaded.result == .success && loaded.terminal == .none)
    #expect(
      try loaded.text(executable: executable)
        == "op=keyhole:policy-load policy=0123456789abcdef old-policy=none by=start")
    let failed = AuditRecord.policyNotLoaded(
      kept: digest, for: .signal, error: "a.yaml:1:1: unknown key")
    #expect(failed.result == .failed)
    #expect(
      RecordReader(try failed.text(executable: executable)).decodedText("info") == "a.yaml:1:1: unknown key")
    #expect(
      try AuditRecord.serviceStarted(unit: unit, policy: digest, start).text(executable: executable)
        == "op=keyhole:start unit=keyhole-broker policy=0123456789abcdef boot=00c0ffee00c0ffee after=crash open=2"
        + " unsure=7-9 prev=\(RecordChain.none)")
    #expect(AuditRecord.serviceStarted(unit: unit, policy: digest, start).type.rawValue == 1130)
    #expect(
      try AuditRecord.serviceStopped(unit: unit).text(executable: executable)
        == "op=keyhole:stop unit=keyhole-broker")
    #expect(AuditRecord.serviceStopped(unit: unit).type.rawValue == 1131)
  }
}
