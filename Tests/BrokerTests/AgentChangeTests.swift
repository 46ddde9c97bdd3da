import AuditTrail
import Policy
import Testing

@testable import Broker

@Suite struct AgentChangeTests {
  private func agent(
    _ name: String, roles: [String] = [], about: String = "", isSuspended: Bool = false,
    reason: String? = nil,
    calls: Int? = nil, line: Int = 1
  ) -> Agent {
    Agent(
      name: name, about: about, keys: [], roles: roles, isSuspended: isSuspended, suspensionReason: reason,
      limits: AgentLimits(calls: calls), commands: .all,
      location: SourceLocation(file: "a.yaml", line: line, column: 1))
  }

  private func changes(_ old: [Agent], _ new: [Agent]) -> [String: [AgentChange]] {
    let named = { (agents: [Agent]) in Dictionary(uniqueKeysWithValues: agents.map { ($0.name, $0) }) }
    return Dictionary(grouping: AgentChange.all(from: named(old), to: named(new))) { $0.agent }
      .mapValues { $0.map(\.change) }
  }

  @Test func whatComesAndGoesIsTold() {
    #expect(
      changes([agent("a"), agent("b")], [agent("b"), agent("c")]) == ["a": [.removed], "c": [.added]])
  }

  @Test func aPlaceInAFileIsNoChange() {
    #expect(changes([agent("a", line: 1)], [agent("a", line: 9)]).isEmpty)
  }

  @Test func theChangedPartsAreNamedAsInThePolicy() {
    #expect(
      changes([agent("a")], [agent("a", roles: ["x"], about: "y", calls: 1)])
        == ["a": [.changed(what: ["about", "roles", "limits"])]])
  }

  @Test func suspensionAndItsEndAreToldApartFromOtherChanges() {
    #expect(changes([agent("a")], [agent("a", isSuspended: true)]) == ["a": [.suspended]])
    #expect(changes([agent("a", reason: "x")], [agent("a")]) == ["a": [.resumed]])
    #expect(
      changes([agent("a", reason: "x")], [agent("a", reason: "y")]) == ["a": [.changed(what: ["suspended"])]])
    #expect(
      changes([agent("a")], [agent("a", roles: ["x"], isSuspended: true)])
        == ["a": [.changed(what: ["roles"]), .suspended]])
  }
}
