import Testing

@testable import SystemCallFilter

private let combinations = FilterFeatures.combinations

@Suite("System call rules")
struct CallRuleTests {
  @Test("every rule has calls, and a reason", arguments: combinations)
  func reasons(features: FilterFeatures) {
    for rule in CallRules.rules(for: features) {
      #expect(rule.reason.contains { $0.isLetter }, "\(rule.calls)")
      #expect(!rule.calls.isEmpty)
    }
  }

  @Test("no call is both allowed and held or refused under the same arguments", arguments: combinations)
  func contradictions(features: FilterFeatures) {
    var untested: Set<String> = []
    var tested: Set<String> = []
    for rule in CallRules.rules(for: features) {
      for call in rule.calls {
        if rule.tests.isEmpty {
          #expect(untested.insert(call).inserted, "\(call) stands twice")
        } else {
          tested.insert(call)
        }
      }
    }
    #expect(untested.isDisjoint(with: tested))
  }

  /// Each would let a command out of the sandbox, or past the supervisor.
  static let neverAllowed = [
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise",
    "process_mrelease",
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "io_setup", "io_submit", "keyctl", "add_key", "request_key", "kexec_load", "kexec_file_load",
    "init_module",
    "finit_module", "delete_module", "mount", "umount2", "move_mount", "open_tree", "fsopen", "fsconfig",
    "fsmount",
    "fspick", "mount_setattr", "pivot_root", "chroot", "open_by_handle_at", "setns", "clone3", "memfd_create",
    "memfd_secret", "seccomp", "landlock_restrict_self", "quotactl", "acct", "swapon", "reboot", "iopl",
    "ioperm",
    "modify_ldt", "vmsplice", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid",
    "setgroups",
    "setfsuid", "setfsgid", "kill", "tkill", "pidfd_send_signal", "rt_sigqueueinfo", "pidfd_open", "shmget",
    "shmat",
    "msgget", "semget", "mq_open", "accept", "accept4", "listen", "fanotify_init", "fanotify_mark", "uselib",
    "vhangup",
    "syslog", "sethostname", "settimeofday", "clock_settime", "adjtimex", "unlink", "unlinkat",
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "rmdir",
    "mknod",
    "mknodat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
    "truncate",
    "ftruncate", "fallocate", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "utimensat", "setrlimit",
  ]

  @Test(
    "no dangerous call is allowed or handed to the supervisor, whatever the features", arguments: combinations
  )
  func dangerous(features: FilterFeatures) {
    for rule in CallRules.rules(for: features) {
      guard rule.action == .allow || rule.action == .notify else { continue }
      let found = rule.calls.filter { Self.neverAllowed.contains($0) }
      #expect(found.isEmpty, "\(rule.reason)")
    }
  }

  /// All that take a name, or a name below a descriptor.
  static let takesName = [
    "open", "openat", "openat2", "creat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat",
    "faccessat2", "statfs", "readlink", "readlinkat", "getxattr", "lgetxattr", "listxattr", "llistxattr",
    "chdir",
    "inotify_add_watch", "connect", "name_to_handle_at", "fanotify_mark", "open_tree", "utimensat", "chroot",
  ]

  @Test(
    "nothing that takes a name passes the supervisor, but where only public trees are shown",
    arguments: combinations.filter { !$0.contains(.publicView) })
  func names(features: FilterFeatures) {
    for rule in CallRules.rules(for: features) where rule.action == .allow {
      #expect(Set(rule.calls).isDisjoint(with: Self.takesName), "\(rule.reason)")
    }
  }

  @Test("where only public trees are shown, opens pass that walk a tree, and no others")
  func shownNames() {
    let directoryOnly: UInt64 = 0o200000
    let noFollow: UInt64 = 0o400000
    for (call, flags) in [("open", UInt32(1)), ("openat", 2)] {
      let rules = CallRules.rules(for: .publicView).filter { $0.calls.contains(call) }
      let allowed = rules.filter { $0.action == .allow }.map(\.tests)
      #expect(
        allowed == [
          [.masked(argument: flags, mask: directoryOnly, value: directoryOnly)],
          [.masked(argument: flags, mask: directoryOnly | noFollow, value: noFollow)],
        ])
      let held = rules.filter { $0.action == .notify }.map(\.tests)
      #expect(held == [[.masked(argument: flags, mask: directoryOnly | noFollow, value: 0)]])
    }
    #expect(actions(on: "openat2", .publicView) == [.notify])
    #expect(actions(on: "inotify_add_watch", .publicView) == [.notify])
  }

  @Test("the launcher's own descriptor is the only one that execveat takes", arguments: combinations)
  func execveat(features: FilterFeatures) {
    let rules = CallRules.rules(for: features).filter { $0.calls.contains("execveat") }
    #expect(rules.count == 1)
    let atEmptyPath: UInt64 = 0x1000
    #expect(rules.first?.tests == [.equals(argument: 0, 4096), .equals(argument: 4, atEmptyPath)])
  }

  @Test("programs are started only by those that may", arguments: combinations)
  func execve(features: FilterFeatures) {
    #expect(actions(on: "execve", features) == (features.contains(.programs) ? [.allow] : [.refuse(13)]))
  }

  @Test("connects are judged, and only where there are local services", arguments: combinations)
  func connect(features: FilterFeatures) {
    #expect(actions(on: "connect", features) == (features.contains(.localServices) ? [.notify] : []))
  }

  @Test("sockets are of the features' families, and bound to them", arguments: combinations)
  func sockets(features: FilterFeatures) {
    var families: Set<UInt64> = []
    for rule in CallRules.rules(for: features) where rule.calls.contains("socket") {
      #expect(rule.tests.count == 2)
      if case .equals(argument: 0, let family) = rule.tests.first { families.insert(family) }
    }
    var expected: Set<UInt64> = []
    if features.contains(.localServices) { expected.insert(1) }
    if features.contains(.netlink) { expected.insert(16) }
    #expect(families == expected)
    if expected.isEmpty { #expect(actions(on: "sendmsg", features).isEmpty) }
  }

  @Test("what depends on its arguments is allowed with a test on them only", arguments: combinations)
  func testedCalls(features: FilterFeatures) {
    // TIOCSTI, TIOCLINUX, TIOCSCTTY, TIOCSPGRP, TCSETS
    let dangerousIoctls: Set<UInt64> = [0x5412, 0x541C, 0x540E, 0x5410, 0x5402]
    for rule in CallRules.rules(for: features) where rule.action == .allow {
      for call in rule.calls
      where ["ioctl", "prctl", "clone", "unshare", "personality", "prlimit64"].contains(call) {
        #expect(rule.tests.count == 1, "\(call)")
        guard call == "ioctl", case .equals(argument: 1, let request)? = rule.tests.first else { continue }
        #expect(!dangerousIoctls.contains(request))
      }
    }
  }

  @Test("a child gets no new namespace")
  func namespaces() {
    let rule = CallRules.rules(for: []).first { $0.calls == ["clone"] }
    // CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET, and CLONE_NEWTIME, which shares its bit with a signal number.
    let kinds: [UInt64] = [
      0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x80,
    ]
    #expect(rule?.tests == [.masked(argument: 0, mask: kinds.reduce(0, |), value: 0)])
  }

  private func actions(on call: String, _ features: FilterFeatures) -> [CallRule.Action] {
    CallRules.rules(for: features).filter { $0.calls.contains(call) }.map(\.action)
  }
}
