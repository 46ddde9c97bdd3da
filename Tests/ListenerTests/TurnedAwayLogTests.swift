import Testing

@testable import Listener

@Suite("the log of connections that are turned away")
struct TurnedAwayLogTests {
  @Test func aFewAreLoggedInFullAndTheRestAsANumber() {
    var log = TurnedAwayLog()
    let lines = (0..<1000).compactMap { log.add(.startups, from: "client \($0)", now: Int64($0)) }
    #expect(lines.count == TurnedAwayLog.most)
    #expect(lines.first?.contains("client 0") == true)
    var summary = log.summary(now: TurnedAwayLog.span - 1)
    #expect(summary.isEmpty)
    summary = log.summary(now: TurnedAwayLog.span)
    #expect(summary.count == 1)
    #expect(summary.first?.hasPrefix("turned 995 more away in 10s: ") == true)
    #expect(log.deadline == nil)
  }

  @Test func eachCauseIsCountedByItself() {
    var log = TurnedAwayLog()
    for _ in 0..<100 { _ = log.add(.startups, from: "", now: 0) }
    let other = log.add(.penalty, from: "someone", now: 1)
    #expect(other?.contains("someone") == true)
  }

  @Test func aNewWhileBeginsAfterTheSummary() {
    var log = TurnedAwayLog()
    for _ in 0..<100 { _ = log.add(.source, from: "", now: 0) }
    _ = log.summary(now: TurnedAwayLog.span)
    let line = log.add(.source, from: "again", now: 2 * TurnedAwayLog.span)
    #expect(line != nil)
    #expect(log.deadline == 3 * TurnedAwayLog.span)
  }
}
