import MiniLanguages
import Testing

@Suite struct ProgramRefusalTests {
  @Test func aRefusalKeepsItsPlace() {
    let refusal = ProgramRefusal(offset: 3, reason: "`w` writes a file")
    #expect(refusal.offset == 3 && refusal.hint.isEmpty)
  }
}
