import Testing

@testable import Session

@Suite("User names")
struct UserNameTests {
  private let served = Array("diag".utf8)

  private func target(_ name: String) -> UserName.Target? {
    UserName.target(of: Array(name.utf8), servedAs: served)
  }

  @Test func theServedNameIsThisHost() {
    #expect(target("diag") == .host)
  }

  @Test(arguments: ["web-02", "web-*", "a,b", "@x", "+", "x+y"])
  func whatFollowsThePlusIsTheTarget(machine: String) {
    #expect(target("diag+\(machine)") == .machine(Array(machine.utf8)))
  }

  @Test func aNameThatIsTooLongIsServedToNobody() {
    #expect(target("diag+" + String(repeating: "x", count: 250)) != nil)
    #expect(target("diag+" + String(repeating: "x", count: 251)) == nil)
  }

  @Test(arguments: ["", "dia", "diag ", "Diag", "root", "diagnose", "diag-web", "+web", "diag+", "xdiag"])
  func everyOtherNameIsServedToNobody(name: String) {
    #expect(target(name) == nil)
  }
}
