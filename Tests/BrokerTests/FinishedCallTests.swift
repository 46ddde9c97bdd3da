import AuditTrail
import Testing
import Wire

@testable import Broker

@Suite("Calls that have ended")
struct FinishedCallTests {
  private static func finished(_ cause: CallEnd.Cause, refusals: UInt32 = 0) -> FinishedCall {
    FinishedCall(
      CallEnd(cause: cause, bytesOut: 42, refusals: refusals), limits: CallLimits(time: 1500, output: 4096))
  }

  @Test(
    "each cause has its exit status for the client and its word for the record",
    arguments: [
      (.exited(0), .exited, 0), (.exited(124), .exited, 124), (.exited(255), .exited, 255),
      (.signaled(9), .signaled, 137), (.signaled(13), .signaled, 141), (.timedOut, .timedOut, 124),
      (.outputLimit, .outputLimit, 125), (.failed("why"), .failed("why"), 125),
      (.refused("why"), .refused("why"), 126),
    ] as [(CallEnd.Cause, EndedCall.Cause, UInt8)])
  func causes(cause: CallEnd.Cause, recorded: EndedCall.Cause, status: UInt8) {
    let finished = Self.finished(cause, refusals: 2)
    #expect(finished.cause == recorded)
    #expect(finished.status == status)
    #expect(finished.bytesOut == 42)
    #expect(finished.refusals == 2)
  }

  @Test("a command that ended by itself, or because nobody read on, is not commented on")
  func silence() {
    #expect(Self.finished(.exited(3)).messages.isEmpty)
    #expect(Self.finished(.signaled(13)).messages.isEmpty)
  }

  @Test("whatever cut a command short is told with its bound")
  func told() {
    #expect(Self.finished(.signaled(9)).messages == ["the command was ended by signal 9"])
    #expect(Self.finished(.timedOut).messages.first == "timed out after 1.5 seconds")
    #expect(Self.finished(.outputLimit).messages.first == "the output was cut after 4096 bytes")
    #expect(Self.finished(.failed("why")).messages.first == "why")
    #expect(Self.finished(.refused("why")).messages == ["why"])
    for cause: CallEnd.Cause in [.timedOut, .outputLimit, .failed("why")] {
      #expect(Self.finished(cause).messages.last?.hasPrefix("hint: ") == true)
    }
  }

  @Test("refused accesses are summed up once there are more than were told one by one")
  func refusals() {
    #expect(Self.finished(.exited(1), refusals: 5).messages.isEmpty)
    #expect(Self.finished(.exited(1), refusals: 6).messages == ["refused 6 accesses in all"])
    #expect(
      Self.finished(.failed("why"), refusals: 700).messages.prefix(2) == [
        "refused 700 accesses in all", "why",
      ])
  }

  @Test("a client that went away is recorded as such")
  func clientGone() {
    #expect(FinishedCall.clientGone.cause == .clientGone)
    #expect(FinishedCall.clientGone.status == 125)
  }
}
