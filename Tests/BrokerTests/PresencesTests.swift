import AuditTrail
import InternetAddresses
import Kernel
import Policy
import SecretPaths
import Synchronization
import Testing
import Wire

@testable import Broker

@Suite struct PresencesTests {
  /// A policy that can be exchanged.
  private final class Store: Sendable {
    private let force: Mutex<PolicyInForce>

    init(_ agents: [Agent]) throws { force = Mutex(try Self.force(agents)) }

    private static func force(_ agents: [Agent]) throws -> PolicyInForce {
      try PolicyInForce(Policy(commands: [], secrets: SecretPaths([]), agents: agents))
    }

    var current: PolicyInForce { force.withLock { $0 } }

    func exchange(_ agents: [Agent]) throws {
      let new = try Self.force(agents)
      force.withLock { $0 = new }
    }
  }

  /// Counts what was revoked, with the reason.
  private final class Told: Sendable {
    private let reasons = Mutex<[String]>([])
    var all: [String] { reasons.withLock { $0 } }
    func revoke(_ refusal: Refusal) { reasons.withLock { $0.append(refusal.reason) } }
  }

  private static func key(_ last: Character) -> String {
    "AAAAC3NzaC1lZDI1NTE5AAAAINGQRRIDMP/SRDAcaZoORRskt464qvUkfEfHDfxhurl\(last)"
  }

  private static func visitor(_ last: Character, from address: String? = "192.0.2.7") -> Visitor {
    Visitor(
      key: PresentedKey(SessionKey(type: "ssh-ed25519", base64: key(last))),
      address: address.flatMap { ClientAddress($0) })
  }

  private static func agent(
    _ name: String, key last: Character = "A", isSuspended: Bool = false, expires: String? = nil,
    from networks: [String] = [], connections: Int? = nil, calls: Int? = nil
  ) throws -> Agent {
    Agent(
      name: name, keys: [try PublicKey(parsing: "ssh-ed25519 \(key(last))")], roles: [],
      networks: try networks.map { try Network($0) },
      expiry: try expires.map { try Expiry(parsing: $0) }, isSuspended: isSuspended,
      limits: AgentLimits(connections: connections, calls: calls), commands: .all,
      location: SourceLocation(file: "agents.yaml", line: 1, column: 1))
  }

  private func presences(_ store: Store, _ waker: Waker? = nil) throws -> Presences {
    Presences({ store.current }, waker: try waker ?? Waker())
  }

  private func presence(_ outcome: Presences.Outcome) throws -> Presence {
    guard case .present(let presence, _) = outcome else { throw Unexpected(outcome: "\(outcome)") }
    return presence
  }

  private func reason(_ outcome: Presences.Outcome) throws -> String {
    guard case .refused(let refusal, _, _) = outcome else { throw Unexpected(outcome: "\(outcome)") }
    return refusal.reason
  }

  private struct Unexpected: Error {
    let outcome: String
  }

  @Test func whoIsAdmittedIsCountedForAsLongAsThePresenceLives() throws {
    let presences = try presences(Store([Self.agent("a")]))
    do {
      let session = try presence(presences.enter(Self.visitor("A"), as: .session) { _ in })
      #expect(session.agent.name == "a")
      #expect(presences.count(.session) == 1 && presences.count(.call) == 0)
      withExtendedLifetime(session) {}
    }
    #expect(presences.count(.session) == 0)
  }

  @Test func anUnknownKeyAndASuspendedAgentAreNotLetIn() throws {
    let presences = try presences(Store([Self.agent("a", isSuspended: true)]))
    #expect(try reason(presences.enter(Self.visitor("A"), as: .call) { _ in }).contains("suspended"))
    #expect(try reason(presences.enter(Self.visitor("B"), as: .call) { _ in }).contains("no agent"))
    #expect(presences.count(.call) == 0)
  }

  @Test func theLimitsOfAnAgentCountItsConnectionsAndItsCallsApart() throws {
    let presences = try presences(
      Store([Self.agent("a", connections: 1, calls: 2), Self.agent("b", key: "B")]))
    let session = try presence(presences.enter(Self.visitor("A"), as: .session) { _ in })
    #expect(try reason(presences.enter(Self.visitor("A"), as: .session) { _ in }).contains("1 connections"))
    var calls = [
      try presence(presences.enter(Self.visitor("A"), as: .call) { _ in }),
      try presence(presences.enter(Self.visitor("A"), as: .call) { _ in }),
    ]
    #expect(try reason(presences.enter(Self.visitor("A"), as: .call) { _ in }).contains("2 calls"))
    // Another agent has room, and so has this one's OpenSSH.
    let other = try presence(presences.enter(Self.visitor("B"), as: .session) { _ in })
    let openSSH = try presence(presences.enter(Self.visitor("A"), as: .openSSH) { _ in })
    calls.removeLast()
    calls.append(try presence(presences.enter(Self.visitor("A"), as: .call) { _ in }))
    withExtendedLifetime((session, calls, other, openSSH)) {}
  }

  @Test func withoutLimitsInThePolicyThereAreLimitsForAll() throws {
    let presences = try presences(Store([Self.agent("a")]))
    var held: [Presence] = []
    for (kind, most) in [(Presence.Kind.session, 32), (.call, 16)] {
      for _ in 0..<most { held.append(try presence(presences.enter(Self.visitor("A"), as: kind) { _ in })) }
      _ = try reason(presences.enter(Self.visitor("A"), as: kind) { _ in })
    }
    withExtendedLifetime(held) {}
  }

  @Test func anExchangedPolicyRevokesOnceAndOnlyThoseItConcerns() throws {
    let store = try Store([Self.agent("a"), Self.agent("b", key: "B")])
    let presences = try presences(store)
    let (first, second) = (Told(), Told())
    let held = [
      try presence(presences.enter(Self.visitor("A"), as: .session, revoke: first.revoke)),
      try presence(presences.enter(Self.visitor("B"), as: .session, revoke: second.revoke)),
    ]
    presences.recheck()
    #expect(first.all.isEmpty && second.all.isEmpty)
    try store.exchange([Self.agent("a", isSuspended: true), Self.agent("b", key: "B")])
    presences.recheck()
    presences.recheck()
    #expect(first.all == ["the agent a is suspended"] && second.all.isEmpty)
    withExtendedLifetime(held) {}
  }

  @Test func aKeyThatBelongsToAnotherAgentNowIsRevoked() throws {
    let store = try Store([Self.agent("a")])
    let presences = try presences(store)
    let told = Told()
    let held = try presence(presences.enter(Self.visitor("A"), as: .session, revoke: told.revoke))
    try store.exchange([Self.agent("b")])
    presences.recheck()
    #expect(told.all == ["the key belongs to the agent b now, no longer to a"])
    withExtendedLifetime(held) {}
  }

  @Test func anAgentIsThereUntilItExpiresWhicheverWayTheClockGoes() throws {
    let store = try Store([Self.agent("a", expires: "2030-01-01T00:00:00Z")])
    let presences = try presences(store)
    let end: Int64 = 1_893_456_000
    let told = Told()
    let held = try presence(
      presences.enter(Self.visitor("A"), as: .call, at: end - 1, revoke: told.revoke))
    #expect(presences.haveEnds)
    presences.recheck(at: end - 1)
    presences.recheck(at: 0)
    #expect(told.all.isEmpty)
    presences.recheck(at: end)
    #expect(told.all.count == 1 && told.all[0].contains("expired"))
    // What was told has nothing to wait for any more, and the clock that goes back brings nobody back.
    #expect(!presences.haveEnds)
    presences.recheck(at: end - 1)
    #expect(told.all.count == 1)
    #expect(try reason(presences.enter(Self.visitor("A"), as: .call, at: end) { _ in }).contains("expired"))
    withExtendedLifetime(held) {}
  }

  @Test func aPolicyMayGiveAnEndToWhoHadNone() throws {
    let store = try Store([Self.agent("a")])
    let presences = try presences(store)
    let held = try presence(presences.enter(Self.visitor("A"), as: .session, at: 0) { _ in })
    #expect(!presences.haveEnds)
    try store.exchange([Self.agent("a", expires: "2030-01-01")])
    presences.recheck(at: 0)
    #expect(presences.haveEnds)
    withExtendedLifetime(held) {}
  }

  @Test func anEndWakesWhoWatchesTheTime() throws {
    func wakes(_ agent: Agent) throws -> Bool {
      let waker = try Waker()
      let presences = try presences(Store([agent]), waker)
      let held = try presence(presences.enter(Self.visitor("A"), as: .session, at: 0) { _ in })
      var entries = [waker.interest]
      defer { withExtendedLifetime(held) {} }
      return try poll(&entries, milliseconds: 0) > 0
    }
    #expect(try wakes(Self.agent("a", expires: "2030-01-01")))
    #expect(try !wakes(Self.agent("a")))
  }

  @Test func networksAreAskedForAgainAsWell() throws {
    let store = try Store([Self.agent("a")])
    let presences = try presences(store)
    let told = Told()
    let held = try presence(presences.enter(Self.visitor("A"), as: .session, revoke: told.revoke))
    try store.exchange([Self.agent("a", from: ["192.0.2.0/24"])])
    presences.recheck()
    #expect(told.all.isEmpty)
    try store.exchange([Self.agent("a", from: ["198.51.100.0/24"])])
    presences.recheck()
    #expect(told.all.count == 1 && told.all[0].contains("192.0.2.7"))
    withExtendedLifetime(held) {}
  }

  /// An agent that is let in by the old policy while it is exchanged is found by the question that follows.
  @Test func nobodySlipsThroughTheExchangeOfAPolicy() throws {
    for _ in 0..<20 {
      let store = try Store([Self.agent("a", calls: 4096)])
      let presences = try presences(store)
      let told = Told()
      var admitted: [Presence] = []
      let suspended = try Self.agent("a", isSuspended: true)
      try WorkerThread.start {
        try? store.exchange([suspended])
        presences.recheck()
      }
      var refused = false
      while !refused {
        switch presences.enter(Self.visitor("A"), as: .call, revoke: told.revoke) {
        case .present(let presence, _): admitted.append(presence)
        case .refused(let refusal, _, _): refused = refusal.reason.contains("suspended")
        }
        if admitted.count > 4000 { admitted = [] }
      }
      let here = presences.count(.call)
      for _ in 0..<2_000 where told.all.count < here {
        var nothing: [PollEntry] = []
        _ = try poll(&nothing, milliseconds: 1)
      }
      #expect(told.all.count >= here)
      withExtendedLifetime(admitted) {}
    }
  }
}
