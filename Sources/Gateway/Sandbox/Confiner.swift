internal import Glibc
internal import Kernel
internal import Wire

/// Takes from this process what it will not need, before it looks at anything a caller wrote.
enum Confiner {
  /// Becomes the call's own user in the prepared namespaces. Afterwards nothing can be regained.
  ///
  /// Returns the processes of the call's pid namespace as a directory, for the supervisor alone.
  static func confine(
    _ confinement: Confinement, keeping privileges: SupervisorPrivileges
  ) throws(KernelError) -> FileDescriptor {
    // The executable's descriptor lies above what a command may have.
    try ResourceLimit(.descriptors, 8192).apply()
    try join(.mountNamespace, .mount)
    try join(.ipcNamespace, .ipc)
    try join(.utsNamespace, .uts)
    if confinement.isolatesNetwork { try join(.networkNamespace, .network) }
    // setns leaves the working directory where it was, in the mount namespace that was left.
    try changeToRoot()
    let processes = try Namespaces.privateProcfs()
    try Credentials.become(
      UserID(confinement.user), GroupID(confinement.group),
      keeping: privileges.kept)
    try Credentials.forbidNewPrivileges()
    try Credentials.forbidTracing()
    // A change of user clears the signal that ties this process to the broker.
    try Credentials.dieWithParent()
    return processes
  }

  private static func join(_ number: ExecDescriptor, _ kind: NamespaceKinds) throws(KernelError) {
    let namespace = FileDescriptor(owning: number.rawValue)
    try Namespaces.join(namespace, kind)
  }

  private static func changeToRoot() throws(KernelError) {
    try FileDescriptor.open("/", .path).makeWorkingDirectory()
  }
}
