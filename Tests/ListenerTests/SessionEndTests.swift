import Kernel
import ListenerSettings
import Testing
import Wire

@testable import Listener

@Suite("the end of a session")
struct SessionEndTests {
  @Test func aSignalIsACrashAndAnUnknownStatusIsNot() {
    #expect(SessionEnd(.signaled(11)) == .crashed)
    #expect(SessionEnd(.exited(0)) == .told(.served))
    #expect(SessionEnd(.exited(200)) == .unknown)
  }

  @Test func onlyWhatAClientDidCostsIt() {
    let penalties = Penalties()
    let costs = SessionExit.allCases.map { ($0, SessionEnd.told($0).penalty(penalties)) }
    for (exit, cost) in costs {
      #expect((cost > 0) == ![.served, .failed].contains(exit), "\(exit)")
    }
    #expect(SessionEnd.crashed.penalty(penalties) > 0)
    #expect(SessionEnd.unknown.penalty(penalties) == 0)
  }
}
