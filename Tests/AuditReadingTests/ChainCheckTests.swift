import AuditReading
import AuditSchema
import TestSupport
import Testing

@Suite("Whether a trail is whole")
struct ChainCheckTests {
  private func kinds(_ lines: [String], expecting: [ExpectedRecord] = []) -> [TrailFinding.Kind] {
    ChainedLines.findings(lines, expecting: expecting).map(\.kind)
  }

  private func trail() -> ChainedLines {
    var trail = ChainedLines()
    trail.start()
    trail.load()
    trail.decide("00000000000000aa")
    trail.end("00000000000000aa")
    trail.load()
    trail.add("op=keyhole:stop unit=keyhole-broker", type: "SERVICE_STOP")
    trail.boot = "b0070b0070b00701"
    trail.start(after: "stop", isBoot: true)
    trail.load()
    return trail
  }

  @Test func aWholeTrailHasNoFinding() { #expect(kinds(trail().lines) == []) }

  @Test func aMissingRecordIsNamed() {
    var lines = trail().lines
    lines.remove(at: 1)
    #expect(kinds(lines) == [.missing(2...2)])
  }

  @Test func aMovedRecordIsNamed() {
    var lines = trail().lines
    lines.swapAt(0, 1)
    lines.swapAt(0, 1)
    lines.swapAt(1, 2)
    #expect(kinds(lines) == [.outOfOrder(after: 3)])
  }

  @Test func aRepeatedRecordIsNamed() {
    var lines = trail().lines
    lines.insert(lines[1], at: 5)
    #expect(kinds(lines) == [.repeated(2...2)])
  }

  @Test func recordsMissingAtTheEndOfABootShowAtTheNextStart() {
    var lines = trail().lines
    lines.remove(at: 5)
    #expect(kinds(lines) == [.tailMissing(boot: "b0070b0070b00700", last: 5, wentDown: false)])
  }

  /// What the broker keeps reaches the disk a moment after the log does.
  @Test func afterThePowerWasLostAStartMayGoOnFromARecordBeforeTheLast() {
    var trail = ChainedLines()
    trail.start()
    trail.load()
    let kept = trail.chain
    trail.load()
    trail.load()
    for (after, expected) in [("boot", 0), ("stop", 1)] {
      var next = trail
      next.boot = "b0070b0070b00701"
      next.start(after: after, isBoot: true, following: kept)
      next.load()
      #expect(kinds(next.lines).count == expected)
      next = trail
      next.boot = "b0070b0070b00701"
      next.start(after: after, isBoot: true, following: RecordChain.none)
      #expect(
        kinds(next.lines) == [.tailMissing(boot: "b0070b0070b00700", last: 4, wentDown: after == "boot")])
    }
  }

  @Test func theMissingStartOfABootShows() {
    var lines = trail().lines
    lines.remove(at: 6)
    // One record says too little; with a second one it is clear.
    #expect(kinds(lines) == [.repeated(2...2)])
    var longer = trail()
    longer.load()
    lines = longer.lines
    lines.remove(at: 6)
    #expect(kinds(lines) == [.startMissing(1...1)])
  }

  @Test func aTrailWithoutItsBeginningIsTakenAsItIs() {
    for start in 0..<6 { #expect(kinds(Array(trail().lines[start...])) == []) }
  }

  @Test(arguments: [("3", true), ("2-3", true), ("2-9", true), ("2", false), ("4", false)])
  func onlyUnsureNumbersMayBeMissing(_ unsure: String, _ isFine: Bool) {
    var trail = ChainedLines()
    trail.start()
    trail.load()
    trail.load()
    trail.trouble(unsure: unsure)
    trail.load()
    var lines = trail.lines
    #expect(kinds(lines) == [])
    lines.remove(at: 2)
    #expect(kinds(lines) == (isFine ? [] : [.missing(3...3)]))
  }

  @Test func aKeptRecordHasToBeThere() {
    let trail = trail()
    let kept = ExpectedRecord(sequence: 2, chain: trail.chain, boot: "b0070b0070b00701")
    #expect(kinds(trail.lines, expecting: [kept]) == [])
    #expect(kinds(Array(trail.lines.dropLast()), expecting: [kept]) == [.notAsExpected(kept, found: nil)])
    let other = ExpectedRecord(sequence: 2, chain: .none, boot: "b0070b0070b00701")
    #expect(kinds(trail.lines, expecting: [other]) == [.notAsExpected(other, found: trail.chain)])
  }

  @Test func aCallThatNoStartClosesIsNamed() {
    var trail = ChainedLines()
    trail.start()
    trail.decide("00000000000000aa")
    trail.start(after: "crash")
    trail.load()
    #expect(kinds(trail.lines) == [.unclosed(call: "00000000000000aa")])
  }

  @Test func anEndOfARefusedCallIsNamed() {
    var trail = ChainedLines()
    trail.start()
    trail.decide("00000000000000aa", refused: true)
    trail.end("00000000000000aa")
    #expect(kinds(trail.lines) == [.ranThoughRefused(call: "00000000000000aa")])
  }

  @Test(arguments: ["lost", "exited"])
  func onlyALostEndMayComeTwiceOrWithoutADecision(cause: String) {
    var twice = ChainedLines()
    twice.start()
    twice.decide("00000000000000aa")
    twice.end("00000000000000aa")
    twice.start(after: "crash")
    twice.end("00000000000000aa", cause: cause)
    #expect(kinds(twice.lines).isEmpty == (cause == "lost"))
    var refused = ChainedLines()
    refused.start()
    refused.decide("00000000000000aa", refused: true)
    refused.end("00000000000000aa", cause: cause)
    #expect(!kinds(refused.lines).isEmpty)
  }

  @Test func noDamageOfTheOrderGoesUnseenAndNoneTraps() {
    var generator = SeededGenerator(seed: 3)
    let whole = trail().lines
    for _ in 0..<2_000 {
      var lines = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) where lines.count > 1 {
        let place = Int.random(in: 0..<lines.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[place], at: Int.random(in: 0...lines.count, using: &generator))
        default: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &generator))
        }
      }
      // What is left may be whole from some record on, or up to some record.
      let isPart = (0..<whole.count).contains { start in
        (start...whole.count).contains { Array(whole[start..<$0]) == lines }
      }
      #expect(kinds(lines).isEmpty == isPart, "\(lines)")
    }
  }

  @Test func noNumberInALogMakesItTrap() {
    var generator = SeededGenerator(seed: 5)
    let whole = trail().lines.map { Array($0.utf8) }
    let numbers = [
      "0", "1", "18446744073709551615", "9999999999999999999", "9223372036854775807", "4-3",
      "3-9999999999999999999",
    ]
    var entries = 0
    for _ in 0..<1_000 {
      var lines = whole
      for _ in 0..<3 {
        let index = Int.random(in: 0..<lines.count, using: &generator)
        let ends = lines[index].indices.filter {
          lines[index][$0] == UInt8(ascii: "=") || lines[index][$0] == UInt8(ascii: "(")
        }
        guard let start = ends.randomElement(using: &generator) else { continue }
        let rest = lines[index][(start + 1)...]
        let end = rest.firstIndex { !(0x30...0x39).contains($0) } ?? rest.endIndex
        lines[index].replaceSubrange(
          (start + 1)..<end, with: Array((numbers.randomElement(using: &generator) ?? "").utf8))
      }
      let reader = AuditEntryReader(executables: [SampleLines.executable])
      entries += lines.count { line in
        if case .entry = reader.read(line) { return true }
        return false
      }
      _ = kinds(lines.map { String(decoding: $0, as: UTF8.self) })
    }
    #expect(entries > 2_500)
  }
}
