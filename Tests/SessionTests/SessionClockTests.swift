import Testing
import Wire

@testable import Session

@Suite("What is due when nothing happens")
struct SessionClockTests {
  private static let second: Int64 = 1_000_000_000

  private func clock(idle: UInt32 = 0, keepalive: UInt32 = 0, count: UInt32 = 0) -> SessionClock {
    SessionClock(
      SessionSettings(
        hostKeys: [], broker: [], user: [], authenticationTime: 0, authenticationAttempts: 0, idleTime: idle,
        channels: 0, keepaliveInterval: keepalive, keepaliveCount: count, rekeyBytes: 0, rekeyTime: 0,
        inputBytes: 0, drainTime: 0), now: 0)
  }

  @Test func withoutIdleTimeAndKeepalivesNothingIsEverDue() {
    var clock = clock()
    #expect(clock.look(now: 1000 * Self.second, packets: 1, isBusy: false) == .nothing)
    #expect(clock.next == nil)
  }

  @Test func idleTimeBeginsWhenTheLastCommandHasEnded() {
    var clock = clock(idle: 2000)
    #expect(clock.look(now: 0, packets: 1, isBusy: true) == .nothing)
    #expect(clock.look(now: 9 * Self.second, packets: 1, isBusy: true) == .nothing)
    #expect(clock.look(now: 10 * Self.second, packets: 1, isBusy: false) == .nothing)
    #expect(clock.next == 12 * Self.second)
    #expect(clock.look(now: 12 * Self.second, packets: 1, isBusy: false) == .idle)
  }

  @Test func aClientThatSaysNothingIsAskedAndThenGivenUp() {
    var clock = clock(keepalive: 1000, count: 2)
    #expect(clock.look(now: Self.second - 1, packets: 0, isBusy: true) == .nothing)
    #expect(clock.look(now: Self.second, packets: 0, isBusy: true) == .keepalive)
    #expect(clock.look(now: Self.second + 1, packets: 0, isBusy: true) == .nothing)
    #expect(clock.look(now: 2 * Self.second, packets: 0, isBusy: true) == .keepalive)
    #expect(clock.look(now: 3 * Self.second, packets: 0, isBusy: true) == .clientSilent)
  }

  @Test func anyPacketIsASignOfLife() {
    var clock = clock(keepalive: 1000, count: 1)
    #expect(clock.look(now: Self.second, packets: 0, isBusy: true) == .keepalive)
    #expect(clock.look(now: 2 * Self.second, packets: 1, isBusy: true) == .nothing)
    #expect(clock.next == 3 * Self.second)
    #expect(clock.look(now: 3 * Self.second, packets: 1, isBusy: true) == .keepalive)
  }
}
