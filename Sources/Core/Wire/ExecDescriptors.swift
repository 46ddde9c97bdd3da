/// The numbers under which keyhole-exec finds what the broker starts it with.
public enum ExecDescriptor: Int32, Sendable, CaseIterable {
  /// /dev/null: a call's own streams come later.
  case standardInput = 0
  case standardOutput = 1
  case standardError = 2
  /// Seqpacket socket: the ``Confinement`` comes in, ``CallEvent``s go out. Its end ends the call.
  case control = 3
  /// A sealed memory file with the exported seccomp programs.
  case filters = 4
  /// Prepared namespaces to join.
  case mountNamespace = 5
  case networkNamespace = 6
  case ipcNamespace = 7
}

/// The descriptors that travel with the ``Confinement``, in this order: what a call brings along.
public enum CallDescriptor: Int, Sendable, CaseIterable {
  /// The caller's three streams.
  case input, output, error
  /// A sealed memory file with the ``CallPlan``.
  case plan
  /// A sealed memory file with the secret denylist.
  case deniedPaths
  /// A sealed memory file with the index of denied files that have several names.
  case deniedFiles
  /// O_PATH: a directory in which only the public trees are shown; /dev/null when there is none.
  case publicView
}
