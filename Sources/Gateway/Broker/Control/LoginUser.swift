internal import Kernel

/// Who logged in to the session that a process belongs to. proc_pid_loginuid(5)
enum LoginUser {
  /// What the kernel has for processes of no session.
  private static let unset = UInt32.max

  /// nil when it is not known, as of a process that has ended or is in another pid namespace. It is read by number: where
  /// the process ended and another took its number meanwhile, it is that one's.
  static func of(_ process: ProcessID) -> UserID? {
    guard process.rawValue > 0, let path = FilePath(Array("/proc/\(process)/loginuid".utf8)),
      let file = try? FileDescriptor.open(path), let bytes = try? file.read(upTo: 16),
      let number = UInt32(String(decoding: bytes, as: UTF8.self)), number != unset
    else { return nil }
    return UserID(number)
  }
}
