import AuditTrail
import Policy
import Testing

import struct Policy.SourceLocation

@testable import Broker

@Suite("Calls that are not run")
struct CallFailureTests {
  private static func refusal(_ kind: Refusal.Kind, hint: String = "", location: SourceLocation? = nil)
    -> CallFailure
  {
    .refused(Refusal(kind: kind, rule: "rule", location: location, reason: "a reason", hint: hint))
  }

  @Test("the exit status tells an unknown command, a refusal and Keyhole's own failure apart")
  func statuses() {
    #expect(Self.refusal(.unknownCommand).status == 127)
    for kind: Refusal.Kind in [.syntax, .notAllowed, .secret] { #expect(Self.refusal(kind).status == 126) }
    #expect(CallFailure.impossible(reason: "", hint: "").status == 125)
  }

  @Test("a refusal names the reason, the rule's place and what to do instead")
  func messages() {
    let place = SourceLocation(file: "/etc/keyhole/policy/a.yaml", line: 3, column: 5)
    #expect(
      Self.refusal(.notAllowed, hint: "try less", location: place).messages
        == ["a reason (/etc/keyhole/policy/a.yaml:3:5)", "hint: try less"])
    #expect(Self.refusal(.syntax).messages == ["a reason"])
  }

  @Test("what cannot be recorded is not run, and says so")
  func unrecorded() {
    let error = AuditError.disabled
    let failure = CallFailure(error)
    #expect(failure.status == 125)
    #expect(failure.messages.first == "nothing was run, since it cannot be recorded: \(error.message)")
    #expect(failure.messages.last == "hint: \(error.hint)")
  }
}
