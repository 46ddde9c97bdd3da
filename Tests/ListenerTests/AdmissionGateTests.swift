import InternetAddresses
import ListenerSettings
import Testing

@testable import Listener

@Suite("admission")
struct AdmissionGateTests {
  private static func gate(_ change: (inout Limits) -> Void = { _ in }) -> AdmissionGate {
    var limits = Limits()
    change(&limits)
    return AdmissionGate(limits: limits, penalties: Penalties())
  }

  private static func source(_ text: String) throws -> Network { try Network(text) }

  @Test func theFirstConnectionIsServedWhateverTheChance() throws {
    var gate = Self.gate()
    let cause = gate.judge(try Self.source("192.0.2.1"), now: 0, chance: 0)
    #expect(cause == nil)
  }

  @Test func onlyUnauthenticatedConnectionsCountAmongTheStartups() throws {
    var gate = Self.gate { $0.startups = StartupLimit("2") ?? StartupLimit() }
    let source = try Self.source("192.0.2.1")
    gate.entered(source)
    gate.entered(source)
    var cause = gate.judge(source, now: 0, chance: 99)
    #expect(cause == .startups)
    gate.authenticated()
    cause = gate.judge(source, now: 0, chance: 0)
    #expect(cause == nil)
    gate.left(source, wasAuthenticated: true)
    #expect(gate.unauthenticated == 1)
    gate.left(source, wasAuthenticated: false)
    #expect(gate.unauthenticated == 0)
    #expect(gate.open == 0)
  }

  @Test func aSourceIsCountedByItselfAndForgottenWhenItHasLeft() throws {
    var gate = Self.gate { $0.connectionsPerSource = 1 }
    let (one, other) = (try Self.source("192.0.2.1"), try Self.source("192.0.2.2"))
    gate.entered(one)
    var causes = [gate.judge(one, now: 0, chance: 99), gate.judge(other, now: 0, chance: 99)]
    #expect(causes == [.source, nil])
    gate.left(one, wasAuthenticated: false)
    causes = [gate.judge(one, now: 0, chance: 99)]
    #expect(causes == [nil])
  }

  @Test func aPenaltyIsAskedForFirstAndTheTotalNext() throws {
    var gate = Self.gate {
      $0.connections = 1
      $0.connectionsPerSource = 1
    }
    let source = try Self.source("192.0.2.1")
    gate.entered(source)
    var cause = gate.judge(source, now: 0, chance: 0)
    #expect(cause == .connections)
    _ = gate.penalties.add(90_000, to: source, now: 0)
    cause = gate.judge(source, now: 1, chance: 0)
    #expect(cause == .penalty)
  }

  @Test func everyLineForAClientFitsTheProtocol() {
    for cause in TurnedAway.allCases {
      // RFC 4253 4.2: ends in CR LF, is not taken for the version.
      #expect(cause.line.hasSuffix("\r\n"))
      #expect(!cause.line.hasPrefix("SSH-"))
      #expect(cause.line.utf8.count < 255)
      #expect(cause.line.hasPrefix("keyhole: "))
    }
  }
}
