internal import Kernel

/// Looks at files of the host by absolute path; what cannot be read is nil.
enum HostFile {
  static func text(_ path: String) -> String? {
    do throws(KernelError) {
      guard let path = FilePath(Array(path.utf8)) else { return nil }
      let file = try FileDescriptor.open(path, [.readOnly, .nonBlocking])
      return String(decoding: try file.readAll(limit: 1 << 20), as: UTF8.self)
    } catch {
      return nil
    }
  }

  static func status(_ path: String) -> FileStatus? {
    do throws(KernelError) {
      guard let path = FilePath(Array(path.utf8)) else { return nil }
      return try FileDescriptor.open(path, [.path]).status()
    } catch {
      return nil
    }
  }

  /// Whether only root can change the file.
  static func isRootsAlone(_ status: FileStatus) -> Bool {
    status.user == .root && status.mode & 0o022 == 0
  }
}
