import AuditReading
import AuditSchema
import Testing

private let reader = AuditEntryReader(executables: [SampleLines.executable])

private func entry(_ line: String) -> AuditEntry? {
  guard case .entry(let entry) = reader.read(line.utf8) else { return nil }
  return entry
}

@Test func aRefusedDecisionIsReadWithItsFieldsDecoded() throws {
  let found = try #require(entry(SampleLines.line(fields: SampleLines.refusal(of: "rm -rf /"))))
  #expect(found.operation == .decision)
  #expect(found.text("cmd") == "rm -rf /")
  #expect(found.text("info") == "why")
  #expect(found.agent == "claude")
  #expect(found.address == "192.0.2.7")
  #expect(!found.isSuccess)
  #expect(found.time == 1_795_233_534_735)
  #expect(found.serial == 10)
  #expect(found.node == nil)
}

@Test func theExampleOfTheReferenceIsRead() throws {
  let line =
    "type=USER_CMD msg=audit(1795233534.735:10): pid=23805 uid=0 auid=4294967295 ses=4294967295 msg='op=keyhole:decision call=b986fb6560aa499c acct=\"claude\" key=\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\" policy=3f9c1a7be0d24456 verdict=allowed rule=\"journalctl:grep\" cmd=6A6F75726E616C63746C202D75206E67696E78202D6E203530207C206772657020276E6F7420666F756E6427 exe=\"/usr/lib/keyhole/keyhole-broker\" hostname=? addr=192.0.2.7 terminal=ssh res=success'\u{1D}UID=\"root\" AUID=\"unset\""
  let found = try #require(entry(line))
  #expect(found.text("cmd") == "journalctl -u nginx -n 50 | grep 'not found'")
  #expect(found.text("verdict") == "allowed")
  #expect(found.isSuccess)
}

@Test func enrichedLinesAndNodeNamesAreRead() throws {
  let line = SampleLines.line(fields: SampleLines.refusal(of: "df"), enriched: true)
  #expect(try #require(entry(line)).text("cmd") == "df")
  #expect(try #require(entry("node=web-01 " + line)).node == "web-01")
}

@Test func aSecurityLabelOfTheKernelIsSteppedOver() throws {
  let line = SampleLines.line(fields: SampleLines.refusal(of: "df"))
    .replacing("ses=4294967295 msg", with: "ses=4294967295 subj=unconfined_u:unconfined_r:s0-s0:c0.c1023 msg")
  #expect(try #require(entry(line)).text("cmd") == "df")
}

@Test func bytesThatAreNoTextComeBackAsTheyWere() throws {
  let fields = SampleLines.refusal(of: "x").replacing("cmd=78", with: "cmd=FF00270A1D")
  #expect(try #require(entry(SampleLines.line(fields: fields))).bytes("cmd") == [0xFF, 0, 0x27, 0x0A, 0x1D])
}

@Test func aRefusedOpenIsRead() throws {
  let fields =
    "op=keyhole:refused-open call=b986fb6560aa499c acct=\"claude\" key=\"SHA256:x\" name=\"/etc/shadow\" info=\"hashes\""
  let found = try #require(entry(SampleLines.line(type: "ANOM_ACCESS_FS", fields: fields)))
  #expect(found.operation == .refusedOpen)
  #expect(found.text("name") == "/etc/shadow")
}

@Test func anAgentThatIsNotKnownHasNoName() throws {
  #expect(
    try #require(entry(SampleLines.line(fields: SampleLines.refusal(of: "df", agent: "?")))).agent == nil)
}

@Test(arguments: [
  (
    "USER_AUTH",
    "op=keyhole:authentication acct=\"?\" key=\"SHA256:x\" session=00c0ffee00c0ffee policy=3f9c1a7be0d24456 info=776879"
  ),
  (
    "USER_END",
    "op=keyhole:session-end acct=\"claude\" key=\"SHA256:x\" session=00c0ffee00c0ffee cause=crashed duration-ms=5 calls=0"
  ),
  (
    "ACCT_LOCK",
    "op=keyhole:agent-change acct=\"claude\" change=suspended policy=3f9c1a7be0d24456 by=control admin=0 login=unset"
  ),
  (
    "USER_MGMT",
    "op=keyhole:agent-change acct=\"claude\" change=changed policy=3f9c1a7be0d24456 by=signal info=6B657973"
  ),
  ("USYS_CONFIG", "op=keyhole:policy-load policy=3f9c1a7be0d24456 old-policy=none by=start"),
  (
    "USYS_CONFIG",
    "op=keyhole:policy-load policy=3f9c1a7be0d24456 old-policy=3f9c1a7be0d24456 by=control admin=0 login=1000 info=776879"
  ),
  (
    "USER_CMD",
    "op=keyhole:end call=ddfd558049784c1a acct=\"claude\" key=\"SHA256:x\" session=00c0ffee00c0ffee cause=revoked status=126 duration-ms=1 bytes-out=0 refusals=0 info=776879"
  ),
])
func eachKindOfRecordIsUnderstood(type: String, fields: String) throws {
  let found = try #require(entry(SampleLines.line(type: type, fields: fields)))
  #expect(found.fields.count == fields.split(separator: " ").count)
}

@Test func aRecordOfAnAgentHasOneOfTheTypesForAccountsAndNoOther() {
  let fields =
    "op=keyhole:agent-change acct=\"claude\" change=added policy=3f9c1a7be0d24456 by=control admin=0 login=unset"
  #expect(entry(SampleLines.line(type: "ADD_USER", fields: fields)) != nil)
  #expect(entry(SampleLines.line(type: "USER_CMD", fields: fields)) == nil)
}

/// Everything here names Keyhole's fields, and none of it was written by the broker.
@Test(arguments: [
  // Another program's record.
  SampleLines.line(fields: SampleLines.refusal(of: "df"), executable: "/usr/sbin/auditctl"),
  SampleLines.line(fields: SampleLines.refusal(of: "df"), executable: "/tmp/keyhole-broker"),
  // auditctl -m TEXT, with the broker's tail in the text: libaudit's own tail comes after it.
  SampleLines.line(
    type: "USER",
    fields: SampleLines.refusal(of: "df")
      + " exe=\"\(SampleLines.executable)\" hostname=? addr=? terminal=ssh res=failed",
    executable: "/usr/sbin/auditctl"),
  // A type that does not go with the operation.
  SampleLines.line(type: "USER_LOGIN", fields: SampleLines.refusal(of: "df")),
  SampleLines.line(type: "USER_CMD", fields: "op=keyhole:start unit=keyhole-broker policy=none"),
  // Fields twice, missing, in another order, or of no kind that is known.
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " acct=\"root\""),
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("acct=\"claude\" ", with: "")),
  SampleLines.line(fields: "acct=\"x\" " + SampleLines.refusal(of: "df")),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " extra=1"),
  SampleLines.line(
    fields: SampleLines.refusal(of: "df").replacing("keyhole:decision", with: "keyhole:decisions")),
  // Values in no form that the broker writes.
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=646")),
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=6z66")),
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=\"d f\"")),
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=\"df")),
  SampleLines.line(fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=")),
  // A number without a chain value, a chain value without a number, and neither in its form.
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " seq=7"),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " chain=00112233445566778899aabbccddeeff"),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " seq=07 chain=00112233445566778899aabbccddeeff"),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " seq=x chain=00112233445566778899aabbccddeeff"),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " seq=7 chain=00112233445566778899AABBCCDDEEFF"),
  SampleLines.line(fields: SampleLines.refusal(of: "df") + " seq=7 chain=0011"),
  SampleLines.line(
    type: "SERVICE_START",
    fields: "op=keyhole:start unit=x policy=none seq=7 chain=00112233445566778899aabbccddeeff",
    result: "success"),
  // A number that is none.
  SampleLines.line(
    fields: SampleLines.refusal(of: "df").replacing("cmd=6466", with: "cmd=6466 cmd-bytes=many")),
  SampleLines.line(
    fields: SampleLines.refusal(of: "df").replacing(
      "cmd=6466", with: "cmd=6466 cmd-bytes=1234567890123456789")),
  // Text around the record.
  "x " + SampleLines.line(fields: SampleLines.refusal(of: "df")),
  SampleLines.line(fields: SampleLines.refusal(of: "df")) + " x",
  SampleLines.line(fields: SampleLines.refusal(of: "df")) + "'",
  SampleLines.line(fields: SampleLines.refusal(of: "df")).replacing("pid=23805 ", with: ""),
  SampleLines.line(fields: SampleLines.refusal(of: "df")).replacing("res=failed", with: "res=maybe"),
  SampleLines.line(fields: SampleLines.refusal(of: "df")).replacing("hostname=?", with: "hostname=evil"),
  // Another program's text that quotes a whole record.
  "type=USER_LOGIN msg=audit(1795233534.735:11): pid=1 uid=0 auid=0 ses=1 msg='op=login acct=\"\(SampleLines.line(fields: SampleLines.refusal(of: "df")))\" exe=\"/usr/sbin/sshd\" hostname=? addr=? terminal=ssh res=failed'",
  "type=EXECVE msg=audit(1795233534.735:11): argc=1 a0=\"op=keyhole:decision\"",
])
func whatTheBrokerDidNotWriteIsNoEntry(_ line: String) {
  #expect(reader.read(line.utf8) == .malformed)
}

@Test func otherRecordsAreNotSpokenOf() {
  #expect(reader.read("".utf8) == .other)
  #expect(
    reader.read(
      "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=59 comm=\"keyhole\" key=(null)".utf8) == .other)
  #expect(reader.read([UInt8](repeating: 0x61, count: AuditEntryReader.longestLine + 1)) == .other)
}
