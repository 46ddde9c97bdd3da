import Glibc
import TestSupport
import Testing

@testable import Kernel

@Suite struct ForeignProcessTests {
  @Test func ourOwnFactsAreOurParentAndOurUser() throws {
    let facts = try #require(ProcessFacts(of: ProcessID(getpid())))
    #expect(facts.parent == ProcessID(getppid()) && facts.user == UserID(getuid()))
  }

  @Test func ofAProcessThatIsNotThereNothingIsKnown() {
    #expect(ProcessFacts(of: ProcessID(0)) == nil)
    #expect(ProcessFacts(of: ProcessID(-1)) == nil)
    #expect(ProcessFacts(of: ProcessID(Int32.max)) == nil)
    #expect(failure { try ForeignProcess(ProcessID(Int32.max)) }?.call == .pidfd_open)
  }

  @Test func factsStandInTheFirstLineOfTheirName() throws {
    let status = "Name:\tsshd\nUmask:\t0022\nPPid:\t41\nUid:\t890\t0\t0\t0\nPPid:\t1\n"
    let facts = try #require(ProcessFacts(status: bytes(status)))
    #expect(facts.name == bytes("sshd") && facts.parent == ProcessID(41) && facts.user == UserID(890))
  }

  @Test func aNameWithANewlineAddsNoLine() throws {
    // As the kernel writes it. proc_pid_status(5)
    let facts = try #require(
      ProcessFacts(status: bytes("Name:\tx\\nUid:\t7\nPPid:\t4\nUid:\t890\t890\t890\t890\n")))
    #expect(facts.user == UserID(890))
  }

  @Test(arguments: [
    "", "Name:\tx\n", "Name:\tx\nPPid:\tx\nUid:\t1\n", "Name:\tx\nPPid:\t1\nUid:\t\n", "\0\0",
  ])
  func whatIsNotAStatusIsNothing(_ status: String) {
    #expect(ProcessFacts(status: bytes(status)) == nil)
  }

  @Test func aProcessThatIsHeldCanBeEndedAndIsSeenToEnd() throws {
    let sleep = try FileDescriptor.open("/bin/sleep", .path)
    let child = try ChildProcess.spawn(
      sleep, SpawnPlan(arguments: [bytes("sleep"), bytes("1000")], environment: [], descriptors: [0, 1, 2]))
    let held = try ForeignProcess(child.process)
    let hasEndedBefore = held.hasEnded
    try held.terminate()
    #expect(try child.wait() == .signaled(UInt8(SIGTERM)))
    let hasEnded = held.hasEnded
    #expect(!hasEndedBefore && hasEnded)
    // It is reaped, and its number free: nobody else is hit.
    try held.terminate()
  }
}
