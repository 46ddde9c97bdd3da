/// The numbers under which keyhole-exec finds what the broker gives it.
public enum ExecDescriptor: Int32, Sendable, CaseIterable {
  case standardInput = 0
  case standardOutput = 1
  case standardError = 2
  /// Seqpacket socket: the ``Confinement`` comes in, ``CallEvent``s go out. Its end ends the call.
  case control = 3
  /// A sealed memory file with the ``CallPlan``.
  case plan = 4
  /// A sealed memory file with the exported seccomp programs.
  case filters = 5
  /// A sealed memory file with the index of denied files that have several names.
  case deniedFiles = 6
  /// A sealed memory file with the secret denylist.
  case deniedPaths = 7
  /// Prepared namespaces to join.
  case mountNamespace = 8
  case networkNamespace = 9
  case ipcNamespace = 10
  case utsNamespace = 11
}
