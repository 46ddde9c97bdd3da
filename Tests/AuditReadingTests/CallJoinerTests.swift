import AuditReading
import Testing

@Suite("Calls from their records")
struct CallJoinerTests {
  private let reader = AuditEntryReader(executables: [SampleLines.executable])

  private func calls(_ lines: [String]) -> (whole: [AuditedCall], unfinished: [AuditedCall]) {
    var joiner = CallJoiner()
    var whole: [AuditedCall] = []
    for line in lines {
      guard case .entry(let entry) = reader.read(line.utf8) else { continue }
      if let call = joiner.add(entry) { whole.append(call) }
    }
    return (whole, joiner.unfinished)
  }

  @Test func aCallIsWholeWithItsEnd() throws {
    var trail = ChainedLines()
    trail.decide("00000000000000aa")
    trail.decide("00000000000000bb")
    trail.add(
      "op=keyhole:refused-connect call=00000000000000aa acct=\"a\" key=\"k\" name=2F78 info=776879",
      type: "ANOM_ACCESS_FS", result: "failed")
    trail.end("00000000000000aa")
    let found = calls(trail.lines)
    let call = try #require(found.whole.first)
    #expect(found.whole.count == 1)
    #expect(call.id == "00000000000000aa" && call.verdict == .allowed && call.line == Array("df".utf8))
    #expect(call.accesses.map(\.kind) == ["connect"] && call.accesses.map(\.reason) == ["why"])
    #expect(call.end?.cause == "exited" && !call.isOpen)
    #expect(found.unfinished.map(\.id) == ["00000000000000bb"])
    #expect(found.unfinished.first?.isOpen == true)
  }

  @Test func aRefusedCallIsWholeWithItsDecision() {
    var trail = ChainedLines()
    trail.decide("00000000000000aa", refused: true)
    let found = calls(trail.lines)
    #expect(found.whole.map(\.verdict) == [.refused] && found.unfinished.isEmpty)
  }

  @Test func anEndAloneIsACallWithoutAVerdict() {
    var trail = ChainedLines()
    trail.end("00000000000000aa")
    let found = calls(trail.lines).whole
    #expect(found.map(\.verdict) == [nil] && found.first?.line == nil && found.first?.decided == nil)
  }

  @Test func anEndThatWasOnItsWayWhenTheBrokerDiedCountsOnce() {
    var trail = ChainedLines()
    trail.decide("00000000000000aa")
    trail.end("00000000000000aa")
    trail.start(after: "crash")
    trail.end("00000000000000aa", cause: "lost")
    #expect(calls(trail.lines).whole.map(\.end?.cause) == ["exited"])
    // The first of them did not arrive.
    let rest = trail.lines.enumerated().filter { $0.offset != 1 }.map(\.element)
    #expect(calls(rest).whole.map(\.end?.cause) == ["lost"])
  }

  @Test func oneIDOnTwoHostsIsTwoCalls() {
    var trail = ChainedLines()
    trail.decide("00000000000000aa")
    trail.end("00000000000000aa")
    let lines = ["one", "two"].flatMap { host in trail.lines.map { "node=\(host) \($0)" } }
    #expect(calls([lines[0], lines[2], lines[1], lines[3]]).whole.map(\.host) == ["one", "two"])
  }

  @Test func recordsOfAnotherBrokerAreNone() {
    var trail = ChainedLines()
    trail.decide("00000000000000aa", refused: true)
    let line = trail.lines[0].replacing(SampleLines.executable, with: "/tmp/broker")
    #expect(calls([line]).whole.isEmpty)
  }

  @Test func aMillionLostEndsTakeBoundedMemory() {
    var joiner = CallJoiner()
    for number in 0..<70_000 {
      let digits = String(number, radix: 16)
      let id = String(repeating: "0", count: 16 - digits.count) + digits
      let fields = SampleLines.refusal(of: "df").replacing("ddfd558049784c1a", with: id).replacing(
        "verdict=refused", with: "verdict=allowed")
      guard case .entry(let entry) = reader.read(SampleLines.line(fields: fields).utf8) else { continue }
      _ = joiner.add(entry)
    }
    #expect((1..<66_000).contains(joiner.unfinished.count))
  }
}
