internal import Glibc

/// This process's descriptors as links: `/proc/self/fd`, opened once, since the sandbox asks for several with every
/// file that a command opens. proc(5)
enum OwnDescriptors {
  /// Kept for the life of the process. -1 when it cannot be opened: then the names below lead through the root.
  private static let directory: CInt = unsafe Glibc.open("/proc/self/fd", O_DIRECTORY | O_CLOEXEC)

  /// A directory and a path from there that lead to the object behind a descriptor.
  static func link(to number: CInt) -> (directory: CInt, path: FilePath) {
    directory < 0
      ? (AT_FDCWD, FilePath(own: "/proc/self/fd/\(number)")) : (directory, FilePath(own: String(number)))
  }
}
