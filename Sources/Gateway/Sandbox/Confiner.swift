internal import Kernel
internal import Wire

/// Takes from this process what it will not need, before it looks at anything a caller wrote.
enum Confiner {
  /// Moves into the prepared namespaces that every call shares.
  ///
  /// Returns the processes of this process's own pid namespace as a directory, for the supervisor alone.
  static func enterNamespaces() throws(KernelError) -> FileDescriptor {
    // The executable's descriptor lies above what a command may have.
    try ResourceLimit(.descriptors, 8192).apply()
    try join(.mountNamespace, .mount)
    try join(.ipcNamespace, .ipc)
    // setns leaves the working directory in the mount namespace that was left.
    try FileDescriptor.open("/", .path).makeWorkingDirectory()
    return try Namespaces.privateProcfs()
  }

  /// Becomes the call's own user. Afterwards nothing can be regained but what `privileges` keeps.
  static func confine(
    _ confinement: Confinement, keeping privileges: SupervisorPrivileges
  ) throws(KernelError) {
    if confinement.isolatesNetwork { try join(.networkNamespace, .network) }
    // A copy of now, so that the host's name is the one that it has.
    try Namespaces.leave([.uts])
    try Credentials.become(UserID(confinement.user), GroupID(confinement.group), keeping: privileges.kept)
    try Credentials.forbidNewPrivileges()
    try Credentials.forbidTracing()
    // A change of user clears the signal that ties this process to the broker.
    try Credentials.dieWithParent()
  }

  private static func join(_ number: ExecDescriptor, _ kind: NamespaceKinds) throws(KernelError) {
    let namespace = FileDescriptor(owning: number.rawValue)
    try Namespaces.join(namespace, kind)
  }
}
