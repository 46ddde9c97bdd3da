internal import Glibc
internal import Kernel
internal import Wire

/// What a session gives up before it reads what a client sent.
enum Confinement {
  /// Of memory, in bytes: libssh's library and the program take 60 MB of addresses, and ten channels that are full both
  /// ways 60 MB of memory.
  private static let addressSpace: UInt64 = 512 << 20
  /// An empty directory, where the process may change its root.
  private static let emptyDirectories: [FilePath] = ["/run/keyhole/empty", "/var/empty"]

  /// Throws when the kernel lacks Landlock or seccomp: then nothing is served.
  static func enter(channels: Int) throws(KernelError) {
    SignalDescriptor.ignoreBrokenPipes()
    // Standard error may be a file, to which RLIMIT_FSIZE lets nothing be added: better lost than killed.
    SignalDescriptor.ignoreFileSizeLimit()
    let filter = FileDescriptor(owning: SessionDescriptor.filter.rawValue)
    guard let program = try FilterProgram(0, in: filter) else { throw KernelError(.seccomp, code: EINVAL) }
    try limit(channels: channels)
    try Credentials.forbidTracing()
    try leaveRoot()
    try Credentials.setCapabilities(effective: [], permitted: [])
    try Credentials.forbidNewPrivileges()
    try LandlockRuleset(version: LandlockRuleset.version).restrictSelf()
    try program.install()
  }

  private static func limit(channels: Int) throws(KernelError) {
    // A channel has a socket and three pipes, and the far ends of these while its call is handed over. The kernel bounds what
    // is under way to the broker by the same number, over all sessions, since they have one uid. unix(7), ETOOMANYREFS
    try ResourceLimit(.descriptors, UInt64(1024 + 8 * channels)).lower()
    try ResourceLimit(.processes, 0).lower()
    try ResourceLimit(.fileSize, 0).lower()
    try ResourceLimit(.coreSize, 0).lower()
    try ResourceLimit(.lockedMemory, 0).lower()
    try ResourceLimit(.messageQueueBytes, 0).lower()
    try ResourceLimit(.addressSpace, addressSpace).lower()
  }

  /// Landlock forbids all files anyway; without a root, what it does not know of is not there either.
  private static func leaveRoot() throws(KernelError) {
    guard try Credentials.permittedCapabilities().contains(.changeRoot) else { return }
    for path in emptyDirectories {
      guard let directory = try? FileDescriptor.open(path, [.path, .directory, .noFollow]) else { continue }
      try Credentials.setCapabilities(effective: .changeRoot, permitted: .changeRoot)
      return try directory.makeRoot()
    }
  }
}
