import InternetAddresses
import ListenerSettings
import Testing

@testable import Listener

@Suite("penalties")
struct PenaltyBookTests {
  private static let second: Int64 = 1_000_000_000

  private static func source(_ text: String) throws -> Network { try Network(text) }

  private static func penalties(_ change: (inout Penalties) -> Void) -> PenaltyBook {
    var settings = Penalties()
    change(&settings)
    return PenaltyBook(settings)
  }

  @Test func belowTheThresholdNobodyIsKeptOut() throws {
    var book = Self.penalties { $0.threshold = 15_000 }
    let source = try Self.source("192.0.2.1")
    let first = book.add(14_999, to: source, now: 0)
    #expect(!first)
    let kept = book.keepsOut(source, now: 1)
    #expect(!kept)
  }

  @Test func fromTheThresholdOnASourceIsKeptOutUntilThePenaltyIsOver() throws {
    var book = Self.penalties { $0.threshold = 15_000 }
    let source = try Self.source("192.0.2.1")
    _ = book.add(10_000, to: source, now: 0)
    let second = book.add(5_000, to: source, now: 0)
    #expect(second)
    var kept = book.keepsOut(source, now: 15 * Self.second - 1)
    #expect(kept)
    kept = book.keepsOut(source, now: 15 * Self.second)
    #expect(!kept)
    #expect(book.count == 0)
  }

  @Test func timeThatPassesBetweenTwoOffencesIsTakenOff() throws {
    var book = Self.penalties { $0.threshold = 15_000 }
    let source = try Self.source("192.0.2.1")
    _ = book.add(10_000, to: source, now: 0)
    let later = book.add(10_000, to: source, now: 6 * Self.second)
    #expect(!later)
    let much = book.add(5_000, to: source, now: 7 * Self.second)
    #expect(much)
  }

  @Test func oneWhoIsKeptOutStaysSoWhileTheRestIsBelowTheThreshold() throws {
    var book = Self.penalties { $0.threshold = 15_000 }
    let source = try Self.source("192.0.2.1")
    _ = book.add(15_000, to: source, now: 0)
    let kept = book.keepsOut(source, now: 14 * Self.second)
    #expect(kept)
    let again = book.add(1_000, to: source, now: 14 * Self.second)
    #expect(!again, "it is not news")
  }

  @Test func aPenaltyDoesNotGrowAboveTheMaximum() throws {
    var book = Self.penalties { $0.maximum = 60_000 }
    let source = try Self.source("192.0.2.1")
    for _ in 0..<100 { _ = book.add(90_000, to: source, now: 0) }
    let kept = book.keepsOut(source, now: 60 * Self.second)
    #expect(!kept)
  }

  @Test func exemptNetworksAndOthersThanTheSourceAreNotTouched() throws {
    var book = Self.penalties {
      $0.exempt = [try? Network("10.0.0.0/8"), try? Network("2001:db8::1")].compactMap(\.self)
    }
    let exempt = try Self.source("10.1.2.3")
    // An exempt address makes its whole source exempt.
    let around = try Self.source("2001:db8::/64")
    let other = try Self.source("192.0.2.1")
    _ = book.add(90_000, to: exempt, now: 0)
    _ = book.add(90_000, to: around, now: 0)
    _ = book.add(90_000, to: other, now: 0)
    let kept = [exempt, around, other].map { book.keepsOut($0, now: 1) }
    #expect(kept == [false, false, true])
  }

  @Test func whereItIsOffNothingIsRemembered() throws {
    var book = Self.penalties { $0.isOn = false }
    let source = try Self.source("192.0.2.1")
    let added = book.add(90_000, to: source, now: 0)
    #expect(!added)
    #expect(book.count == 0)
  }

  @Test func theBookHasABoundAndForgetsWhatIsOverFirst() throws {
    var book = Self.penalties {
      $0.sources = 1000
      $0.threshold = 1000
    }
    let worst = try Self.source("192.0.2.1")
    _ = book.add(600_000, to: worst, now: 0)
    for number in 0..<50_000 {
      let bytes = [10, UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
      let address = try #require(IPAddress(bytes: bytes))
      _ = book.add(1000 + number % 7, to: Network(of: address, prefix: 32), now: Int64(number))
      #expect(book.count <= 1000)
    }
    let kept = book.keepsOut(worst, now: Self.second)
    #expect(kept)
    #expect(book.count > 900)
  }
}
