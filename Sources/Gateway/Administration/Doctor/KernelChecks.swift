internal import Kernel

/// Landlock, which confines what the filter cannot see (landlock(7)). Any version does; what the older ones lack, other
/// layers hold.
struct LandlockCheck: HostCheck {
  let name = "landlock"

  func examine() -> Finding {
    let version = LandlockRuleset.version
    if version >= 1 { return .ok("version \(version)") }
    return .missing(
      "not available",
      remedy: "a kernel from 5.13 with CONFIG_SECURITY_LANDLOCK and `landlock` in its lsm= list")
  }
}

/// seccomp with user notification, by which opens reach the supervisor (seccomp_unotify(2)).
struct SystemCallNotificationCheck: HostCheck {
  let name = "seccomp notification"
  var file = "/proc/sys/kernel/seccomp/actions_avail"

  func examine() -> Finding {
    guard let actions = HostFile.text(file) else {
      return .missing("\(file) cannot be read", remedy: "a kernel with CONFIG_SECCOMP_FILTER")
    }
    let isThere = actions.split(whereSeparator: { " \n".contains($0) }).contains("user_notif")
    return isThere ? .ok("available") : .missing("not available", remedy: "a kernel from 5.9")
  }
}

/// Whether the supervisor may read the names that its commands pass to the kernel: process_vm_readv(2) on its own
/// descendants, which Yama's scopes 0 and 1 let through (Documentation/admin-guide/LSM/Yama.rst).
struct TracingScopeCheck: HostCheck {
  static let standardFile = "/proc/sys/kernel/yama/ptrace_scope"

  let name = "yama ptrace_scope"
  var file = standardFile

  /// Nil without Yama.
  static func scope(in file: String) -> Int? {
    HostFile.text(file).flatMap { text in Int(text.prefix { $0 != "\n" }) }
  }

  static func lets(_ scope: Int?) -> Bool { (scope ?? 0) <= 1 }

  func examine() -> Finding {
    guard let scope = Self.scope(in: file) else { return .ok("Yama is not in use") }
    if Self.lets(scope) { return .ok("\(scope)") }
    let remedy =
      scope == 2
      ? "sysctl kernel.yama.ptrace_scope=1, and the same below /etc/sysctl.d"
      : "3 lasts until the next boot: set kernel.yama.ptrace_scope=1 below /etc/sysctl.d and boot"
    return .missing("\(scope): the supervisor cannot read what a command asks for", remedy: remedy)
  }
}

/// Control groups of version 2 with the controllers that bound a call as a whole (cgroups(7)).
struct ControlGroupCheck: HostCheck {
  let name = "control groups"
  var file = "/sys/fs/cgroup/cgroup.controllers"

  func examine() -> Finding {
    let remedy =
      "boot with the unified hierarchy (systemd.unified_cgroup_hierarchy=1); each process is bounded without it"
    guard let controllers = HostFile.text(file) else {
      return .warning("no version 2 hierarchy", remedy: remedy)
    }
    let present = Set(controllers.split(whereSeparator: { " \n".contains($0) }).map(String.init))
    let lacking = ["memory", "pids"].filter { !present.contains($0) }
    return lacking.isEmpty
      ? .ok("memory and pids")
      : .warning("no controller \(lacking.joined(separator: ", "))", remedy: remedy)
  }
}
