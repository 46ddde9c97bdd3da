internal import Kernel

/// Looks for executables on this host.
enum InstalledPrograms {
  /// Whether `path` leads to a file that somebody may execute.
  static func contain(_ path: String) -> Bool {
    do throws(KernelError) {
      guard let path = FilePath(Array(path.utf8)) else { return false }
      let status = try FileDescriptor.open(path, [.path]).status()
      return status.kind == .regular && status.mode & 0o111 != 0
    } catch {
      return false
    }
  }
}
