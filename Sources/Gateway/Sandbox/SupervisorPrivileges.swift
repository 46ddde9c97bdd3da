internal import Kernel
internal import Wire

/// What the supervisor keeps for the grants of single stages, and raises only around the one call that needs it. The
/// commands get none of it: an exec as another user than root drops it.
struct SupervisorPrivileges: Sendable {
  let kept: Capabilities
  private let readPrivilege: Capabilities
  private var groups: [UInt32] = []

  init(_ confinement: Confinement) {
    readPrivilege = confinement.keepsReadPrivilege ? [.readSearch, .syslog] : []
    var kept = readPrivilege
    if confinement.keepsGroupPrivilege { kept.formUnion(.setGroups) }
    if confinement.keepsRootPrivilege { kept.formUnion(.changeRoot) }
    self.kept = kept
  }

  /// Runs the body with the right to read files of others and the kernel's log.
  func reading<Result: ~Copyable>(
    _ body: () throws(KernelError) -> Result
  ) throws(KernelError) -> Result {
    try Credentials.setCapabilities(effective: readPrivilege, permitted: kept)
    defer { lower() }
    return try body()
  }

  /// Takes on the supplementary groups of a stage, for its start and for each file that is opened for it.
  mutating func join(_ groups: [UInt32]) throws(KernelError) {
    if groups == self.groups { return }
    try Credentials.setCapabilities(effective: kept.intersection(.setGroups), permitted: kept)
    defer { lower() }
    try Credentials.setSupplementaryGroups(groups.map { GroupID($0) })
    self.groups = groups
  }

  private func lower() {
    do throws(KernelError) {
      try Credentials.setCapabilities(effective: [], permitted: kept)
    } catch {
      // Giving up an effective capability cannot fail; if it did, nothing may run on.
      preconditionFailure("\(error)")
    }
  }
}
