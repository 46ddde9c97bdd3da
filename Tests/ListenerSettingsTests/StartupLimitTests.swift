import Testing

@testable import ListenerSettings

@Suite("random early drop")
struct StartupLimitTests {
  /// Of a hundred connections, how many are dropped with so many open.
  private static func dropped(_ limit: StartupLimit, open: Int) -> Int {
    (0..<100).count { limit.drops(open: open, chance: $0) }
  }

  @Test func nothingIsDroppedBelowTheFirstNumberAndAllFromTheLastOn() {
    let limit = StartupLimit()
    #expect(Self.dropped(limit, open: 0) == 0)
    #expect(Self.dropped(limit, open: 9) == 0)
    #expect(Self.dropped(limit, open: 100) == 100)
    #expect(Self.dropped(limit, open: 5000) == 100)
  }

  @Test func theShareBeginsAtTheRateAndGrowsEvenly() {
    let limit = StartupLimit()
    #expect(Self.dropped(limit, open: 10) == 30)
    #expect(Self.dropped(limit, open: 55) == 65)
    #expect(Self.dropped(limit, open: 99) == 99)
    let shares = (10...100).map { Self.dropped(limit, open: $0) }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 && $1 - $0 <= 1 })
  }

  @Test func oneNumberDropsAllFromThereOn() throws {
    let limit = try #require(StartupLimit("3"))
    #expect(Self.dropped(limit, open: 2) == 0)
    #expect(Self.dropped(limit, open: 3) == 100)
  }

  @Test func equalNumbersAreAnEdge() throws {
    let limit = try #require(StartupLimit("5:30:5"))
    #expect(Self.dropped(limit, open: 4) == 0)
    #expect(Self.dropped(limit, open: 5) == 100)
  }

  @Test(
    "what makes no sense is refused",
    arguments: [
      "", "0", "1:2", "10:30:9", "10:0:20", "10:101:20", "a:b:c", "10:30:100:5", "10:30:1000000", "-1:30:100",
    ])
  func refused(text: String) {
    #expect(StartupLimit(text) == nil)
  }
}
