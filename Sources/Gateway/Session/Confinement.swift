internal import Glibc
internal import Kernel
internal import Wire

/// What a session gives up before it reads what a client sent.
enum Confinement {
  static func enter(channels: Int) throws(KernelError) {
    SignalDescriptor.ignoreBrokenPipes()
    // Three for itself, the filter, control, broker, signals, connection; six at once for each channel while a call begins.
    try ResourceLimit(.descriptors, UInt64(32 + 8 * channels)).apply()
    try ResourceLimit(.coreSize, 0).apply()
    try Credentials.forbidTracing()
    try Credentials.forbidNewPrivileges()
    let version = LandlockRuleset.version
    if version > 0 { try LandlockRuleset(version: version).restrictSelf() }
  }
}
