import AuditSchema
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import AuditTrail

/// The state file, and what a start makes of the one that it finds.
@Suite struct TrailStateTests {
  private let kernel = FakeKernel()
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { "\(directory.path)/audit.state" }
  private let caller = Caller(
    agent: "claude", keyFingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    address: ClientAddress("fe80::1%eth0"), vm: "web", session: SessionID("00c0ffee00c0ff00"))

  private func decision() -> Decision {
    Decision(
      call: CallID(), caller: caller, line: Array("id".utf8), rules: ["id"],
      policy: AuditToken(literal: "0123456789abcdef"))
  }

  private let exited = EndedCall(cause: .exited, status: 0, milliseconds: 1, bytesOut: 2, refusals: 0)

  private func begin(boot: String = AuditTrail.boot, at path: String? = nil) throws -> AuditTrail {
    let trail = try AuditTrail.over(kernel, state: path ?? self.path, boot: boot)
    try trail.begin(policy: nil)
    return trail
  }

  /// A copy of the state file as it is now: what a kill at this moment leaves.
  private func cut(_ name: String) throws -> String {
    let copy = "\(directory.path)/\(name)"
    let bytes = try FileDescriptor.open(try directory.path("audit.state")).readAll(limit: 1 << 20)
    let file = try FileDescriptor.open(
      try directory.path(name), [.create, .exclusive, .writeOnly], mode: 0o600)
    try file.writeAll(bytes)
    return copy
  }

  private var last: RecordReader? { kernel.sent.last?.reader }

  @Test func theFirstStartBeginsTheChain() throws {
    _ = try begin()
    let start = try #require(kernel.sent.first).reader
    #expect(start.plain("after") == "first" && start.plain("open") == "0" && start.plain("seq") == "1")
    #expect(start.plain("boot") == AuditTrail.boot && start.plain("prev") == "\(RecordChain.none)")
  }

  @Test func aStartAfterAStopGoesOnWithTheNumbers() throws {
    do { try begin().stop() }
    let stop = try #require(last)
    _ = try begin()
    #expect(last?.plain("after") == "stop" && last?.plain("seq") == "3")
    #expect(last?.plain("prev") == stop.plain("chain") && last?.plain("unsure") == nil)
  }

  @Test func aStopWhoseRecordIsNotCertainIsAStopAllTheSame() throws {
    do {
      let trail = try begin()
      kernel.set { $0.losing = 1 }
      #expect(throws: AuditError.lost(records: 1)) { try trail.stop() }
    }
    let before = kernel.sent.count
    _ = try begin()
    #expect(kernel.sent[before].reader.plain("after") == "stop")
    #expect(kernel.sent[before].reader.plain("unsure") == "2")
  }

  @Test func aStartAfterARebootBeginsTheNumbersAndKeepsTheChain() throws {
    do { try begin().stop() }
    let stop = try #require(last)
    _ = try begin(boot: "1111111111111111")
    #expect(last?.plain("after") == "stop" && last?.plain("seq") == "1")
    #expect(last?.plain("prev") == stop.plain("chain") && last?.plain("boot") == "1111111111111111")
  }

  @Test func aStartAfterTheMachineWentDownSaysSo() throws {
    let trail = try begin()
    let open = try trail.recordDecision(decision()).begin()
    let copy = try cut("down")
    kernel.wait(milliseconds: 60_000)
    _ = try begin(boot: "1111111111111111", at: copy)
    let start = try #require(kernel.sent.suffix(2).first).reader
    #expect(start.plain("after") == "boot" && start.plain("open") == "1")
    #expect(last?.plain("call") == open.id.description && last?.plain("cause") == "lost")
    // How long it ran, nobody knows.
    #expect(last?.plain("duration-ms") == "0")
    #expect(last?.decodedText("info")?.contains("machine went down") == true)
  }

  @Test func aCallThatRanIsClosedAtTheNextStartWithAllThatIsKnownOfIt() throws {
    let trail = try begin()
    let open = try trail.recordDecision(decision()).begin()
    let copy = try cut("crash")
    kernel.wait(milliseconds: 1500)
    _ = try begin(at: copy)
    let end = try #require(kernel.sent.last)
    #expect(end.operation == "end" && end.result == "failed" && end.address == "fe80::1%eth0")
    let reader = end.reader
    #expect(reader.plain("call") == open.id.description && reader.decodedText("acct") == "claude")
    #expect(reader.decodedText("key") == caller.keyFingerprint && reader.decodedText("vm") == "web")
    #expect(reader.plain("session") == "00c0ffee00c0ff00")
    #expect(reader.plain("cause") == "lost" && reader.plain("status") == "125")
    #expect(reader.plain("duration-ms") == "1500")
    #expect(reader.decodedText("info")?.contains("while the call ran") == true)
  }

  /// Each moment of a call at which the broker may be killed: what had been sent by then, and what the next start adds.
  @Test func aKillAtAnyMomentLeavesEachCallWithOneDecisionAndOneEnd() throws {
    let trail = try begin()
    // Copies of the state before and after each record is sent, with what was in the trail by then.
    let cuts = Mutex<[(path: String, sent: Int, moment: String)]>([])
    let directory = directory
    let kernel = kernel
    let number = Mutex(0)
    @Sendable func copy(_ moment: String) {
      let index = number.withLock { number in
        number += 1
        return number
      }
      guard let state = try? directory.path("audit.state"),
        let bytes = try? FileDescriptor.open(state).readAll(limit: 1 << 20),
        let name = try? directory.path("cut-\(index)"),
        let file = try? FileDescriptor.open(name, [.create, .exclusive, .writeOnly], mode: 0o600),
        (try? file.writeAll(bytes)) != nil
      else { return }
      cuts.withLock { $0.append(("\(directory.path)/cut-\(index)", kernel.sent.count, moment)) }
    }
    copy("idle")
    kernel.set {
      $0.onSend = { text, isBefore in
        copy((isBefore ? "before " : "after ") + (RecordReader(text).plain("op") ?? "?"))
      }
    }
    let decided = try trail.recordDecision(decision())
    copy("decided")
    let open = decided.begin()
    copy("running")
    try open.end(exited)
    copy("ended")
    kernel.set { $0.onSend = nil }
    let id = open.id.description
    let all = cuts.withLock { $0 }
    #expect(
      all.map(\.moment) == [
        "idle", "before keyhole:decision", "after keyhole:decision", "decided", "running",
        "before keyhole:end",
        "after keyhole:end", "ended",
      ])
    for cut in all {
      let before = kernel.sent.prefix(cut.sent)
      let position = kernel.sent.count
      _ = try begin(at: cut.path)
      let after = kernel.sent[position...]
      #expect(after.first?.operation == "start", "\(cut.moment)")
      let records = (before + after).filter { $0.reader.plain("call") == id }
      let decisions = records.count { $0.operation == "decision" }
      let ends = records.count { $0.operation == "end" }
      let isUnsure = after.first?.reader.plain("unsure") != nil
      #expect(isUnsure == cut.moment.hasPrefix("before") || isUnsure == cut.moment.hasPrefix("after"))
      switch cut.moment {
      case "idle": #expect(decisions == 0 && ends == 0)
      case "before keyhole:decision":
        // Whether it was sent cannot be known, so that an end says what became of it.
        #expect(decisions == 0 && ends == 1)
        #expect(after.last?.reader.decodedText("info")?.contains("never ran") == true)
      case "after keyhole:end":
        #expect(decisions == 1 && ends == 2)
        #expect(after.last?.reader.decodedText("info")?.contains("may be recorded already") == true)
      default: #expect(decisions == 1 && ends == 1, "\(cut.moment)")
      }
      // The numbers go on behind the one that may be in the trail.
      let numbers = after.compactMap { $0.reader.plain("seq").flatMap(UInt64.init) }
      #expect(numbers.first == UInt64(cut.sent) + (cut.moment.hasPrefix("before") ? 2 : 1), "\(cut.moment)")
    }
  }

  /// The moments between two stores, which no record marks.
  @Test func whatIsInTheTrailIsNotWrittenAgainAndWhatWasNeverSentIsForgotten() {
    var head = TrailHead(boot: AuditTrail.boot)
    head.number = 9
    var call = HeldCall(call: CallID(), caller: caller, start: 0, phase: .ending, decision: 8, end: 9)
    #expect(call.fate(head, isSameBoot: true) == .forgotten)
    call.end = 10
    #expect(call.fate(head, isSameBoot: true) != .forgotten)
    call.end = 0
    #expect(call.fate(head, isSameBoot: true) != .forgotten)
    call.phase = .deciding
    #expect(call.fate(head, isSameBoot: true) != .forgotten)
    call.decision = 10
    #expect(call.fate(head, isSameBoot: true) == .forgotten)
    head.pending = RecordChain.none
    #expect(call.fate(head, isSameBoot: true) != .forgotten)
    // After a crash of the machine, nobody knows how old the state is.
    head.pending = nil
    #expect(call.fate(head, isSameBoot: false) != .forgotten)
  }

  @Test func whatACutRecordMayHaveBeenIsToldAtTheNextStart() throws {
    let trail = try begin()
    let kernel = kernel
    kernel.set { $0.sendError = .system(call: "x", errno: 5) }
    #expect(throws: AuditError.self) { try trail.record(.refused(decision(), reason: "why")) }
    kernel.set { $0.sendError = nil }
    let copy = try cut("unsure")
    _ = try begin(at: copy)
    let start = try #require(kernel.sent[1...].first).reader
    #expect(start.plain("unsure") == "2" && start.plain("seq") == "3")
    // What was missed is told as well.
    #expect(
      kernel.operations == ["start", "start"] || kernel.operations == ["start", "start", "audit-trouble"])
  }

  @Test func whatWasMissedBeforeACrashIsToldAfterIt() throws {
    let trail = try begin()
    kernel.set { $0.status.isEnabled = false }
    for _ in 0..<3 {
      #expect(throws: AuditError.disabled) { try trail.record(.refused(decision(), reason: "why")) }
    }
    let copy = try cut("missed")
    kernel.set { $0.status.isEnabled = true }
    _ = try begin(at: copy)
    #expect(kernel.operations == ["start", "start", "audit-trouble"])
    #expect(last?.plain("missed") == "3")
  }

  @Test func aStartThatCannotBeRecordedComesBeforeTheFirstRecordThatCan() throws {
    do {
      let open = try begin().recordDecision(decision()).begin()
      _ = try cut("crash")
      try open.end(exited)
    }
    let before = kernel.sent.count
    kernel.set { $0.status.isEnabled = false }
    let trail = try AuditTrail.over(kernel, state: "\(directory.path)/crash")
    #expect(throws: AuditError.disabled) { try trail.begin(policy: nil) }
    #expect(throws: AuditError.disabled) { try trail.record(.refused(decision(), reason: "why")) }
    kernel.set { $0.status.isEnabled = true }
    try trail.record(.refused(decision(), reason: "why"))
    #expect(kernel.operations[before...] == ["start", "audit-trouble", "end", "decision"])
    #expect(
      kernel.sent[before].reader.plain("after") == "crash" && kernel.sent[before].reader.plain("open") == "1")
  }

  @Test func aDamagedFileIsKeptAsideAndTheChainBeginsAgain() throws {
    do { try begin().stop() }
    let file = try FileDescriptor.open(try directory.path("audit.state"), [.writeOnly])
    try file.writeAll(Array(repeating: 0x5A, count: 3000))
    let before = kernel.sent.count
    let trail = try AuditTrail.over(kernel, state: path)
    #expect(trail.finding?.contains("damaged") == true)
    try trail.begin(policy: nil)
    #expect(kernel.operations[before...] == ["start", "audit-trouble"])
    #expect(kernel.sent[before].reader.plain("after") == "first")
    #expect(last?.decodedText("info")?.contains(".damaged-") == true)
    let names = try FileDescriptor.open(try directory.path(), [.directory]).entries(limit: 10)
    #expect(names.contains { String(decoding: $0, as: UTF8.self).hasPrefix("audit.state.damaged-") })
  }

  @Test func aSlotThatIsTornMakesTheFileADamagedOne() throws {
    let open = try begin().recordDecision(decision()).begin()
    let copy = try cut("torn")
    try open.end(exited)
    let file = try FileDescriptor.open(try directory.path("torn"), [.readWrite])
    try file.seek(to: 4096 + 40)
    try file.writeAll([0xFF, 0xFE, 0xFD])
    #expect(try AuditTrail.over(kernel, state: copy).finding != nil)
  }

  @Test func aHeadThatIsTornLeavesTheOneBefore() throws {
    let trail = try begin()
    let copy = try cut("torn")
    let whole = try FileDescriptor.open(try directory.path("torn")).readAll(limit: 1 << 20)
    let newest = try #require(TrailState.read(whole))
    let offset = newest.generation % 2 == 0 ? 0 : 2048
    var bytes = whole
    bytes[offset + 60] ^= 0xFF
    let read = try #require(TrailState.read(bytes))
    #expect(read.generation == newest.generation - 1)
    _ = trail
    _ = copy
  }

  @Test func aSecondBrokerIsToldThatTheFirstHasTheFile() throws {
    let trail = try begin()
    #expect(throws: AuditError.stateInUse(path: path)) { try AuditTrail.over(kernel, state: path) }
    _ = trail
  }

  @Test func theFileIsForRootAloneAndHasItsBlocks() throws {
    let trail = try begin()
    let status = try FileDescriptor.open(try directory.path("audit.state")).status()
    #expect(status.mode == 0o600 && status.size == 4096 + 8 * 512)
    _ = trail
  }

  @Test func aFileThatCannotBeMadeIsNamed() throws {
    do {
      _ = try AuditTrail.over(kernel, state: "/proc/no/such")
      Issue.record("it was made")
    } catch let error as AuditError {
      guard case .state(let path, _) = error else { throw error }
      #expect(path == "/proc/no/such")
    }
  }

  @Test func anyCallerStandsInASlotWhole() throws {
    for caller in [
      caller, Caller(agent: nil, keyFingerprint: nil, address: nil),
      Caller(
        agent: String(repeating: "é", count: 200), keyFingerprint: "x", address: ClientAddress("::1"), vm: ""),
    ] {
      let call = HeldCall(call: CallID(), caller: caller, start: 7, phase: .running, decision: 3)
      var slot = StateBytes()
      slot.append(HeldCall.word(call.phase, call.body[...]))
      slot.append(0)
      slot.append(call.body, count: call.body.count)
      #expect(slot.all.count <= HeldCall.size)
      guard case .held(let read) = HeldCall.read(slot.all[...]) else {
        Issue.record("not read")
        continue
      }
      #expect(
        read.call == call.call && read.caller.address == caller.address
          && read.caller.session == caller.session)
      if caller.agent?.utf8.count ?? 0 <= 120 { #expect(read == call) }
    }
  }
}
