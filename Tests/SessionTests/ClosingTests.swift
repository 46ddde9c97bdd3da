import Testing

@testable import Session

@Suite("Connections that are about to end")
struct ClosingTests {
  private static let second: Int64 = 1_000_000_000

  @Test func aConnectionWithoutChannelsEndsAtOnce() {
    var closing = Closing.draining(for: 10_000, from: 0)
    #expect(closing.isOver(now: 1, isBusy: false, hasChannels: false) { _ in })
  }

  @Test func callsAreEndedOnceWhenTheyHaveHadTheirTime() {
    var closing = Closing.draining(for: 1000, from: 0)
    var ended = 0
    for now in [0, Self.second / 2, Self.second, Self.second + 1] {
      #expect(!closing.isOver(now: now, isBusy: true, hasChannels: true) { _ in ended += 1 })
      #expect(ended == (now < Self.second ? 0 : 1))
    }
    #expect(closing.isOver(now: 2 * Self.second, isBusy: true, hasChannels: true) { _ in ended += 1 })
    #expect(ended == 1)
  }

  @Test func aClientHasAMomentToTakeNoteOfTheEndOfItsCommands() {
    var closing = Closing.draining(for: 1000, from: 0)
    #expect(!closing.isOver(now: 5, isBusy: false, hasChannels: true) { _ in })
    #expect(closing.next == 5 + Closing.flushTime)
    #expect(closing.isOver(now: 5 + Closing.flushTime, isBusy: false, hasChannels: true) { _ in })
  }

  @Test func aRevokedAgentIsGoneWithinASecond() {
    var closing = Closing.revoked("suspended", from: 0)
    #expect(closing.isOver(now: Self.second, isBusy: true, hasChannels: true) { _ in })
    #expect(closing.callStatus == 126)
  }
}
