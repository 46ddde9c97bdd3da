import Kernel
import Testing

@testable import SystemCallFilter

@Suite("System call rules of sessions")
struct SessionCallRulesTests {
  private let rules = SessionCallRules.rules

  @Test func everyRuleAllowsSomethingAndSaysWhy() {
    for rule in rules {
      #expect(rule.action == .allow)
      #expect(!rule.calls.isEmpty)
      #expect(rule.reason.contains { $0.isLetter }, "\(rule.calls)")
    }
  }

  @Test func noCallIsAllowedBothWithAndWithoutATestOnItsArguments() {
    let untested = rules.filter(\.tests.isEmpty).flatMap(\.calls)
    let tested = rules.filter { !$0.tests.isEmpty }.flatMap(\.calls)
    #expect(Set(untested).count == untested.count)
    #expect(Set(untested).isDisjoint(with: tested))
  }

  /// Besides what no command in a sandbox may do either.
  private static let neverAllowed: Set<String> = [
    "socket", "connect", "bind", "open", "openat", "openat2", "creat", "stat", "newfstatat", "statx",
    "access",
    "readlink", "execve", "execveat", "clone", "clone3", "fork", "vfork", "kill", "tkill", "tgkill", "prctl",
    "prlimit64", "setrlimit", "capset", "dup", "dup2", "dup3", "ioctl", "getdents64", "chdir", "fchdir",
    "mq_open", "timer_create", "personality", "pidfd_open", "rt_sigaction", "rt_sigprocmask", "unshare",
  ]

  @Test func nothingIsOpenedConnectedStartedOrSignalled() {
    let allowed = Set(rules.flatMap(\.calls))
    #expect(allowed.isDisjoint(with: Self.neverAllowed))
    #expect(allowed.isDisjoint(with: CallRuleTests.neverAllowed))
  }

  @Test func noMemoryBecomesExecutable() {
    for call in ["mmap", "mprotect"] {
      let protection: UInt64 = 0x4  // PROT_EXEC
      #expect(tests(of: call) == [[.masked(argument: 2, mask: protection, value: 0)]])
    }
  }

  @Test func nothingIsSentToAnAddress() {
    #expect(tests(of: "sendto") == [[.equals(argument: 4, 0)]])
  }

  @Test func onlyPairsOfLocalSocketsThatKeepMessagesAreMade() {
    #expect(
      tests(of: "socketpair") == [[.equals(argument: 0, 1), .masked(argument: 1, mask: 0xF, value: 5)]])
  }

  @Test func onlyOneSocketOptionIsSet() {
    #expect(tests(of: "setsockopt") == [[.equals(argument: 1, 6), .equals(argument: 2, 12)]])
  }

  @Test func whatIsNotListedEndsTheProcess() throws {
    let program = try FilterExport.sessionProgram()
    // BPF_RET of struct sock_filter: killed, or allowed.
    var ends: Set<UInt32> = []
    for start in stride(from: 0, to: program.count, by: 8) where program[start] == 0x06 {
      var value: UInt32 = 0
      for offset in 0..<4 { value |= UInt32(program[start + 4 + offset]) << UInt32(8 * offset) }
      ends.insert(value)
    }
    #expect(ends == [0x8000_0000, 0x7FFF_0000])
  }

  @Test func theFileHasOneProgramAndIsSealed() throws {
    let file = try FilterExport.sessionFile()
    let isThere = try FilterProgram(0, in: file) != nil
    let isBeyond = try FilterProgram(1, in: file) != nil
    #expect(isThere && !isBeyond)
    try file.seek(to: 0)
    #expect(throws: KernelError.self) { try file.writeAll([0]) }
  }

  private func tests(of call: String) -> [[CallRule.Test]] {
    rules.filter { $0.calls.contains(call) }.map(\.tests)
  }
}
