import Policy
import SecretPaths
import Testing
import Wire

@testable import Broker

@Suite struct PolicyExchangeTests {
  private func rule(_ name: String, _ executable: String = "/bin/x", line: Int = 1) -> CommandRule {
    let place = SourceLocation(file: "a.yaml", line: line, column: 3)
    return CommandRule(
      name: name, executable: executable, about: "x", location: place,
      allow: [Example(line: name, location: place)])
  }

  private func secret(_ pattern: String, _ reason: String, line: Int = 1) throws -> SecretPaths.Entry {
    SecretPaths.Entry(pattern: try PathPattern(pattern), reason: reason, location: "a.yaml:\(line):1")
  }

  private func exchange(_ old: Policy, _ new: Policy) -> PolicyExchange {
    PolicyExchange(from: old, to: new, isRecorded: true, warnings: 0)
  }

  @Test func commandsAreCountedByNameAndByMeaning() throws {
    let old = Policy(commands: [rule("a"), rule("b"), rule("c")], secrets: SecretPaths([]))
    let new = Policy(
      commands: [rule("b", line: 9), rule("c", "/bin/y"), rule("d")], secrets: SecretPaths([]))
    #expect(
      exchange(old, new).commands == PartChange(before: 3, after: 3, added: 1, removed: 1, changed: 1))
  }

  @Test func aPlaceInAFileIsNoMeaning() throws {
    let role = { (line: Int) in
      Role(name: "r", commands: .all, location: SourceLocation(file: "\(line).yaml", line: line, column: 1))
    }
    let agent = { (line: Int, suspended: Bool) in
      Agent(
        name: "a", keys: [], roles: ["r"], isSuspended: suspended, commands: .all,
        location: SourceLocation(file: "x.yaml", line: line, column: 1))
    }
    let old = Policy(
      commands: [rule("a")], secrets: SecretPaths([try secret("/a", "x")]), roles: [role(1)],
      agents: [agent(1, false)])
    let moved = Policy(
      commands: [rule("a", line: 7)], secrets: SecretPaths([try secret("/a", "x", line: 8)]),
      roles: [role(2)],
      agents: [agent(2, false)])
    let same = PartChange(before: 1, after: 1, added: 0, removed: 0, changed: 0)
    let exchange = exchange(old, moved)
    #expect([exchange.commands, exchange.secrets, exchange.roles, exchange.agents].allSatisfy { $0 == same })
    let suspended = Policy(commands: [], secrets: SecretPaths([]), roles: [], agents: [agent(1, true)])
    #expect(self.exchange(old, suspended).agents.changed == 1)
  }

  @Test func aSecretIsKnownByItsPattern() throws {
    let old = Policy(commands: [], secrets: SecretPaths([try secret("/a", "x"), try secret("/b", "x")]))
    let new = Policy(commands: [], secrets: SecretPaths([try secret("/a", "y"), try secret("/c", "x")]))
    #expect(
      exchange(old, new).secrets == PartChange(before: 2, after: 2, added: 1, removed: 1, changed: 1))
  }
}
