internal import Glibc

/// The system calls that a sandboxed command may make, as data. What is not listed fails with ENOSYS, as on a
/// kernel that lacks it; other architectures' calls kill the process.
public enum CallRules {
  /// The number that the launcher gives the executable's descriptor: above the command's RLIMIT_NOFILE, so
  /// that the command can never make it again.
  public static let executableDescriptor: UInt64 = 4096

  public static func rules(for features: FilterFeatures) -> [CallRule] {
    var rules = features.contains(.publicView) ? shownNames : judgedNames
    rules += base
    if features.contains(.localServices) || features.contains(.netlink) { rules += sockets }
    if features.contains(.localServices) { rules += localServices }
    if features.contains(.netlink) { rules += netlink }
    rules += features.contains(.programs) ? programs : noPrograms
    return rules
  }

  private static let namespaces: UInt64 = 0x7E02_0080  // CLONE_NEW* of clone(2)
  private static let socketTypeMask: UInt64 = 0xF
  private static let directoryOnly: UInt64 = 0o200000  // O_DIRECTORY of open(2)
  private static let noFollow: UInt64 = 0o400000  // O_NOFOLLOW
  private static let judged = "the supervisor resolves and judges the object, and hands over what it judged"
  private static let asked = "the supervisor resolves and judges the object, and answers with what it is"

  private static let base: [CallRule] =
    files + fileControl + memory + processes + waiting + time + identity + refusals

  /// What takes a name where everything is shown.
  private static let judgedNames: [CallRule] = [
    .notify("open", "openat", because: judged),
    .notify(
      "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "statfs", "readlink",
      "readlinkat", because: asked),
    .notify(
      "getxattr", "lgetxattr", "listxattr", "llistxattr",
      because: "\(asked); ls -l shows access control lists"),
    .refuse(
      "chdir", with: EACCES,
      because:
        "tells whether a directory is there, and the kernel would take the name that is in memory by then"),
  ]

  /// What takes a name where only public trees are shown: Landlock bounds reading to them, and there is nothing else to
  /// ask about. Opens that walk a tree pass; programs and their libraries are opened by the supervisor, from everywhere.
  private static let shownNames: [CallRule] =
    ["open", "openat"].flatMap { call -> [CallRule] in
      let flags: UInt32 = call == "open" ? 1 : 2
      let walking = directoryOnly | noFollow
      return [
        .notify(call, when: .masked(argument: flags, mask: walking, value: 0), because: judged),
        .allow(
          call, when: .masked(argument: flags, mask: directoryOnly, value: directoryOnly),
          because: "O_DIRECTORY: a directory of a public tree"),
        .allow(
          call, when: .masked(argument: flags, mask: walking, value: noFollow),
          because: "O_NOFOLLOW: what a walk through a public tree finds"),
      ]
    } + [
      .allow(
        "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "statfs", "readlink",
        "readlinkat", "getxattr", "lgetxattr", "listxattr", "llistxattr", "chdir",
        because: "only public names can be asked about")
    ]

  private static let files: [CallRule] = [
    .notify("openat2", "creat", because: judged),
    .allow(
      "inotify_init1", "inotify_rm_watch",
      because: "tail -f and journalctl -f wait for changes"),
    .notify("inotify_add_watch", because: "what is watched is judged like what is opened"),
    .allow("read", "readv", "pread64", because: "reads what was handed over"),
    .allow("write", "writev", "pwrite64", because: "only pipes and /dev/null are ever open for writing"),
    .allow("close", "close_range", because: "gives descriptors up"),
    .allow("lseek", "fadvise64", because: "positions and hints on open files"),
    .allow(
      "fstat", "fstatfs", "fgetxattr", "flistxattr", because: "attributes of what was handed over"),
    .allow("getdents64", because: "lists directories that were handed over"),
    .allow("getcwd", "fchdir", because: "what is asked from there is judged alike"),
    .allow("dup", "dup2", "dup3", because: "copies descriptors"),
    .allow("pipe", "pipe2", because: "talk between processes of one command"),
    .allow(
      "socketpair", when: .equals(argument: 0, 1), .masked(argument: 1, mask: socketTypeMask, value: 1),
      because: "likewise; a pair of datagram sockets could send to any other one by its name"),
    .allow(
      "socketpair", when: .equals(argument: 0, 1), .masked(argument: 1, mask: socketTypeMask, value: 5),
      because: "seqpacket, likewise"),
    .allow("copy_file_range", "sendfile", "splice", because: "copies between open files"),
    .allow("umask", because: "without effect: nothing can be created"),
    .allow("ioctl", when: .equals(argument: 1, 0x5401), because: "TCGETS: is it a terminal"),
    .allow("ioctl", when: .equals(argument: 1, 0x5413), because: "TIOCGWINSZ: how wide is the terminal"),
    .allow("ioctl", when: .equals(argument: 1, 0x540F), because: "TIOCGPGRP: is it in the foreground"),
    .allow("ioctl", when: .equals(argument: 1, 0x541B), because: "FIONREAD: how much is waiting"),
    .allow("ioctl", when: .equals(argument: 1, 0x5421), because: "FIONBIO: do not wait"),
  ]

  /// fcntl(2) by its operations: leases, change notices and signals to others are not among them.
  private static let fileControl: [CallRule] =
    [
      (0, "F_DUPFD"), (1, "F_GETFD"), (2, "F_SETFD"), (3, "F_GETFL"), (4, "F_SETFL"),
      (1030, "F_DUPFD_CLOEXEC"), (1034, "F_GET_SEALS"),
    ].map {
      .allow(
        "fcntl", when: .equals(argument: 1, $0.0), because: "\($0.1): copies and flags of its own descriptors"
      )
    }
    + [(5, "F_GETLK"), (36, "F_OFD_GETLK")].map {
      .allow(
        "fcntl", when: .equals(argument: 1, $0.0),
        because: "\($0.1): asks who holds a lock, as sqlite does before it reads")
    }
    + [
      (6, "F_SETLK"), (7, "F_SETLKW"), (37, "F_OFD_SETLK"), (38, "F_OFD_SETLKW"),
    ].map {
      .pretend(
        "fcntl", when: .equals(argument: 1, $0.0),
        because:
          "\($0.1): who and last lock utmp to read it, and a real lock would hold up whoever writes there")
    }

  private static let memory: [CallRule] = [
    .allow("mmap", "munmap", "mremap", "mprotect", "madvise", "brk", because: "memory of its own, bounded"),
    .allow("membarrier", "get_mempolicy", because: "asked by run-time libraries"),
  ]

  private static let processes: [CallRule] = [
    .allow("exit", "exit_group", because: "ends"),
    .allow(
      "execveat", when: .equals(argument: 0, executableDescriptor), .equals(argument: 4, 0x1000),
      because: "the launcher's own exec; the descriptor closes with it"),
    .allow(
      "unshare", when: .equals(argument: 0, 0x400), because: "CLONE_FILES: the launcher parts from its parent"
    ),
    .allow(
      "clone", when: .masked(argument: 0, mask: namespaces, value: 0),
      because: "threads and children without new namespaces"),
    .allow("fork", "vfork", because: "children, under the same filter and limits"),
    .refuse("clone3", with: ENOSYS, because: "its flags are in memory: libraries fall back to clone"),
    .allow("wait4", "waitid", because: "own children"),
    .allow("set_tid_address", "set_robust_list", "rseq", "arch_prctl", because: "start-up of every program"),
    .allow(
      "futex", "sched_yield", "sched_getparam", "sched_getscheduler", "getcpu",
      because: "threads"),
    .notify(
      "sched_getaffinity", because: "the supervisor and the command share a CPU, which programs need not know"
    ),
    .allow("tgkill", because: "abort(3) and raise(3); other calls' processes are in other pid namespaces"),
    .allow("setpgid", "getpgid", "getpgrp", "getsid", "setsid", because: "process groups inside the call"),
    .allow("prlimit64", when: .equals(argument: 0, 0), because: "own limits, which only sink"),
    .allow("getrlimit", "getrusage", because: "asks about itself"),
    .allow("prctl", when: .equals(argument: 0, 15), because: "PR_SET_NAME: names its threads"),
    .allow("prctl", when: .equals(argument: 0, 16), because: "PR_GET_NAME"),
    .allow("prctl", when: .equals(argument: 0, 23), because: "PR_CAPBSET_READ: systemd's tools ask"),
    .allow("prctl", when: .equals(argument: 0, 3), because: "PR_GET_DUMPABLE"),
    .allow("personality", when: .equals(argument: 0, 0xFFFF_FFFF), because: "asks, changes nothing"),
  ]

  private static let waiting: [CallRule] = [
    .allow(
      "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
      "epoll_pwait", "epoll_pwait2", "eventfd2", "signalfd4", because: "waits for its own descriptors"),
    .allow(
      "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack",
      "restart_syscall", "pause", because: "its own signals"),
  ]

  private static let time: [CallRule] = [
    .allow(
      "clock_gettime", "clock_getres", "gettimeofday", "time", "times",
      because: "the time, usually without a call"),
    .allow("nanosleep", "clock_nanosleep", because: "waits; the call's time is bounded"),
    .allow(
      "timerfd_create", "timerfd_settime", "timerfd_gettime", "alarm", "setitimer", "getitimer",
      because: "top and tail -f wait with timers"),
  ]

  private static let identity: [CallRule] = [
    .allow(
      "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
      "getgroups", "capget", because: "asks who it is"),
    .allow("capset", because: "ip gives up capabilities first; nobody can gain one"),
    .allow("uname", "sysinfo", "getrandom", because: "asks about the machine"),
  ]

  /// Calls that would fail anyway, with the error that makes the tool say the right thing.
  private static let refusals: [CallRule] = [
    .refuse(
      "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
      "symlink", "symlinkat", "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown",
      "fchownat", "truncate", "ftruncate", "utime", "utimes", "utimensat", "futimesat", "setxattr",
      "lsetxattr",
      "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", with: EROFS,
      because: "nothing can be changed: as on a read-only file system"),
    .refuse(
      "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", with: EPERM,
      because: "signals nobody"),
    .refuse("ptrace", "process_vm_readv", "process_vm_writev", with: EPERM, because: "looks into nobody"),
    .refuse(
      "mount", "umount2", "setns", "chroot", "pivot_root", "sethostname", "setdomainname", "reboot",
      "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "swapon", "swapoff", "syslog",
      with: EPERM,
      because: "needs privilege"),
  ]

  private static let sockets: [CallRule] =
    [
      .allow(
        "getsockname", "getpeername", "getsockopt", "shutdown", "sendto", "sendmsg",
        "sendmmsg",
        "recvfrom", "recvmsg", because: "on the sockets that can be made below"),
      .allow(
        "setsockopt", when: .equals(argument: 1, 270), because: "SOL_NETLINK: which answers are wanted"),
    ]
    + [
      (7, "SO_SNDBUF"), (8, "SO_RCVBUF"), (16, "SO_PASSCRED"), (20, "SO_RCVTIMEO"), (21, "SO_SNDTIMEO"),
      (29, "SO_TIMESTAMP"), (32, "SO_SNDBUFFORCE"), (33, "SO_RCVBUFFORCE"), (34, "SO_PASSSEC"),
    ].map {
      .allow(
        "setsockopt", when: .equals(argument: 1, 1), .equals(argument: 2, $0.0),
        because: "\($0.1): its own socket; SO_PASSRIGHTS stays as the supervisor set it")
    }

  private static let localServices: [CallRule] = [
    .allow(
      "socket", when: .equals(argument: 0, 1), .masked(argument: 1, mask: socketTypeMask, value: 1),
      because: "AF_UNIX streams: without a judged connect they reach nobody"),
    .allow(
      "socket", when: .equals(argument: 0, 1), .masked(argument: 1, mask: socketTypeMask, value: 5),
      because: "AF_UNIX seqpacket, likewise"),
    .notify("connect", because: "the supervisor connects, to the sockets that the policy lists"),
  ]

  private static let netlink: [CallRule] = [
    .allow(
      "bind", when: .equals(argument: 2, 12),
      because: "a netlink port, by a struct sockaddr_nl; no name of a local service"),
    .allow(
      "socket", when: .equals(argument: 0, 16), .equals(argument: 2, 0),
      because: "NETLINK_ROUTE: changes need CAP_NET_ADMIN, which no command has"),
    .allow(
      "socket", when: .equals(argument: 0, 16), .equals(argument: 2, 4),
      because: "NETLINK_SOCK_DIAG, likewise"),
  ]

  private static let programs: [CallRule] = [
    .allow("execve", because: "Landlock allows execution of the listed programs only")
  ]

  private static let noPrograms: [CallRule] = [
    .refuse("execve", with: EACCES, because: "a command starts no other program")
  ]
}
