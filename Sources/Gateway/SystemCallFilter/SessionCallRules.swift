/// The system calls that keyhole-session may make once it has what it needs, as data. What is not listed ends the process:
/// it would be the work of somebody else. A session opens nothing, connects to nobody and starts nothing.
public enum SessionCallRules {
  public static let rules: [CallRule] = talk + calls + memory + itself

  private static let executable: UInt64 = 0x4  // PROT_EXEC of mmap(2)
  private static let socketTypeMask: UInt64 = 0xF

  /// With the client, the broker and the listener, on descriptors that were there before.
  private static let talk: [CallRule] = [
    .allow("recvfrom", because: "the client's bytes"),
    .allow(
      "sendto", when: .equals(argument: 4, 0),
      because: "the client's bytes; without an address, so that it goes nowhere else"),
    .allow("sendmsg", "recvmsg", because: "messages to broker and listener; a call's go with descriptors"),
    .allow(
      "setsockopt", when: .equals(argument: 1, 6), .equals(argument: 2, 12),
      because: "TCP_QUICKACK, again at each step"),
    .allow("poll", because: "waits for all of them"),
  ]

  /// The streams of a call.
  private static let calls: [CallRule] = [
    .allow("pipe2", because: "a call's standard streams"),
    .allow(
      "socketpair", when: .equals(argument: 0, 1), .masked(argument: 1, mask: socketTypeMask, value: 5),
      because: "AF_UNIX, seqpacket: a call's socket"),
    .allow("read", because: "what a command writes, and signals"),
    .allow("write", because: "what a command reads, and the server's log"),
    .allow("fcntl", when: .equals(argument: 1, 3), because: "F_GETFL: before O_NONBLOCK is added"),
    .allow("fcntl", when: .equals(argument: 1, 4), because: "F_SETFL: pipes do not wait"),
    .allow("fcntl", when: .equals(argument: 1, 1031), because: "F_SETPIPE_SZ: large transfers"),
    .allow("close", because: "gives descriptors up"),
  ]

  private static let memory: [CallRule] = [
    .allow(
      "mmap", when: .masked(argument: 2, mask: executable, value: 0),
      because: "memory of its own, bounded, and never to be executed"),
    .allow(
      "mprotect", when: .masked(argument: 2, mask: executable, value: 0), because: "malloc(3), likewise"),
    .allow("munmap", "mremap", "brk", "madvise", because: "malloc(3)"),
  ]

  private static let itself: [CallRule] = [
    .allow("getrandom", because: "keys, cookies and padding"),
    .allow("getpid", because: "libcrypto asks whether it was forked"),
    .allow("futex", because: "libcrypto's locks"),
    .allow("clock_gettime", "gettimeofday", "time", because: "deadlines, where the vDSO cannot tell"),
    .allow(
      "setitimer", when: .equals(argument: 0, 2),
      because: "ITIMER_PROF: ends the process when a step of libssh never returns"),
    .allow("restart_syscall", "rt_sigreturn", because: "after a signal, such as that of a debugger"),
    .allow("exit_group", because: "ends"),
  ]
}
