import AuditReading
import Policy
import Testing

@testable import Administration

@Suite("Refusals in groups")
struct RefusalGroupsTests {
  private func groups(_ refusals: [(agent: String, line: String, reason: String)]) -> RefusalGroups {
    var groups = RefusalGroups()
    let reader = AuditEntryReader(executables: ["/b"])
    for (number, one) in refusals.enumerated() {
      func digits(_ text: String) -> String {
        text.utf8.map { String(Int($0) + 0x100, radix: 16, uppercase: true).suffix(2) }.joined()
      }
      let line =
        "type=USER_CMD msg=audit(\(number).000:\(number)): pid=7 uid=0 auid=0 ses=1 msg='op=keyhole:decision call=00000000000000ff acct=\"\(one.agent)\" key=\"k\" policy=p verdict=refused rule=\"r\" cmd=\(digits(one.line)) info=\(digits(one.reason)) exe=\"/b\" hostname=? addr=? terminal=ssh res=failed'"
      if case .entry(let entry) = reader.read(line.utf8) { groups.add(entry) }
    }
    return groups
  }

  @Test func alikeRefusalsAreOneGroupWithTheNewestLine() {
    let ranked = groups([
      ("a", "show -c", "q"), ("a", "show -b", "p"), ("a", "show -b x", "p"), ("b", "show -b", "p"),
    ]).ranked
    #expect(ranked.map(\.value.times.count) == [2, 1, 1])
    #expect(ranked[0].value.example == Array("show -b x".utf8))
    #expect(ranked[0].value.times.first == 1_000)
    #expect(ranked[0].value.calls.count == 2)
  }

  @Test func eachGroupHasTheProposalsOfItsOwnLines() throws {
    let groups = groups([
      ("a", "show -b", "p"), ("a", "show -c", "q"), ("a", "show /etc/shadow", "s"), ("a", "show x", "old"),
    ])
    let report = RefusalReport(
      groups: groups, policy: try PolicySamples.policy(), cases: [], sources: [], most: 10)
    let text = report.text
    #expect(report.learning.run.proposals.count == 2)
    let parts = text.split(separator: "\n\n").map(String.init)
    #expect(parts.first { $0.contains("reason: p") }?.contains("-b: flag") == true)
    #expect(parts.first { $0.contains("reason: p") }?.contains("-c: flag") == false)
    #expect(parts.first { $0.contains("reason: s") }?.contains("not proposed: it asks for a secret") == true)
    #expect(parts.first { $0.contains("reason: old") }?.contains("the policy allows it now") == true)
  }
}
