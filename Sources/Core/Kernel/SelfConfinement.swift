internal import CKeyhole
internal import Glibc

extension LandlockRuleset {
  /// Binds this thread and what it starts to the ruleset for good; needs no_new_privs. landlock_restrict_self(2)
  public func restrictSelf() throws(KernelError) {
    try attempt(.landlock_restrict_self) { keyhole_landlock_restrict_self(descriptor.number) }
  }
}

extension FilterProgram {
  /// Binds this thread and what it starts to the program for good; needs no_new_privs. seccomp(2)
  public func install() throws(KernelError) {
    guard let instructions = unsafe instructions else { throw KernelError(.seccomp, code: EINVAL) }
    // The mapping lives through the call, which copies the program into the kernel.
    try attempt(.seccomp) { unsafe keyhole_install_filter(instructions.baseAddress, instructions.count / 8) }
  }
}

extension Credentials {
  /// What this process may make effective. capget(2)
  public static func permittedCapabilities() throws(KernelError) -> Capabilities {
    var permitted: UInt64 = 0
    try attempt(.capget) { unsafe keyhole_permitted_capabilities(&permitted) }
    return Capabilities(rawValue: permitted)
  }
}

extension FileDescriptor {
  /// Makes this directory the root and the working directory; needs CAP_SYS_CHROOT. chroot(2)
  public func makeRoot() throws(KernelError) {
    try attempt(.chroot) { keyhole_make_root(number) }
  }
}

extension ResourceLimit {
  /// Sets both limits, or leaves a hard limit that is lower already: raising it takes privilege. getrlimit(2)
  public func lower() throws(KernelError) {
    var raw = rlimit()
    try attempt(.setrlimit) { unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &raw) }
    try ResourceLimit(resource, min(value, UInt64(raw.rlim_max))).apply()
  }
}

extension SignalDescriptor {
  /// A write past RLIMIT_FSIZE fails with EFBIG and does not end the process. setrlimit(2)
  public static func ignoreFileSizeLimit() {
    _ = signal(SIGXFSZ, SIG_IGN)
  }
}
