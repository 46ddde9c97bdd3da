internal import Kernel

/// The seccomp program of sessions, which they install themselves.
enum SessionFilter {
  static func file() throws -> FileDescriptor {
    try FileDescriptor.memoryFile(named: "keyhole-session-filter", holding: [])
  }
}
