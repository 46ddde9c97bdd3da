internal import Kernel

/// What the running kernel offers to a sandbox.
struct KernelFacts: Equatable, Sendable {
  enum Namespace: String, CaseIterable, Sendable {
    case pid, mnt, net, ipc, uts
  }

  struct Release: Comparable, Sendable {
    var major: Int
    var minor: Int

    static func < (left: Release, right: Release) -> Bool {
      (left.major, left.minor) < (right.major, right.minor)
    }

    var description: String { "\(major).\(minor)" }

    /// Reads `6.1.0-41-amd64`.
    init?(_ text: String) {
      let numbers = text.split(separator: ".").prefix(2).map { $0.prefix { $0.isASCII && $0.isWholeNumber } }
      guard numbers.count == 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
      self.major = major
      self.minor = minor
    }
  }

  /// Nil when it cannot be read.
  var release: Release?
  /// Landlock's version (landlock(7)), 0 for none.
  var landlock: Int
  /// Whether a filter can hand a call to a supervisor (seccomp_unotify(2)).
  var hasNotification: Bool
  var namespaces: Set<Namespace>
  /// Yama's /proc/sys/kernel/yama/ptrace_scope; nil where Yama is not in use, which is as 0.
  var tracingScope: Int?

  /// The first kernel that puts a descriptor into the command and ends its call in one step
  /// (SECCOMP_ADDFD_FLAG_SEND).
  static let firstWithInjection = Release("5.14")
  /// The first one that wakes supervisor and command on one CPU (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP).
  static let firstWithFastWaking = Release("6.6")

  func isAtLeast(_ first: Release?) -> Bool {
    guard let release, let first else { return false }
    return release >= first
  }
}

extension KernelFacts {
  /// Those of this host.
  static var here: KernelFacts {
    KernelFacts(
      release: HostFile.text("/proc/sys/kernel/osrelease").flatMap { Release($0) },
      landlock: LandlockRuleset.version,
      hasNotification: SystemCallNotificationCheck().examine().state == .ok,
      namespaces: Set(Namespace.allCases.filter { HostFile.status("/proc/self/ns/\($0.rawValue)") != nil }),
      tracingScope: TracingScopeCheck.scope(in: TracingScopeCheck.standardFile))
  }
}
