internal import Glibc

/// The few calls that reading a policy takes. Each returns nil on failure and leaves `errno`.
enum SystemCalls {
  struct Status {
    var owner: UInt32
    /// Permission bits and the sticky bit.
    var mode: UInt32
    var isRegular: Bool
  }

  enum Kind {
    case file, directory, link, other
  }

  static var effectiveUser: UInt32 { geteuid() }

  static var errorText: String {
    // strerror_r is not used: the message is copied at once and this is called from one thread.
    unsafe String(cString: strerror(errno))
  }

  static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    // realpath(3) allocated it for us.
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  static func open(_ name: String, in directory: Int32 = AT_FDCWD, isDirectory: Bool) -> Int32? {
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isDirectory ? O_DIRECTORY : 0)
    // The name is NUL-terminated by the compiler for the length of the call.
    let descriptor = unsafe openat(directory, name, flags)
    return descriptor < 0 ? nil : descriptor
  }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  static func status(of descriptor: Int32) -> Status? {
    var status = stat()
    // `status` outlives the call.
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return Status(
      owner: status.st_uid, mode: status.st_mode & 0o7777, isRegular: status.st_mode & S_IFMT == S_IFREG)
  }

  static func kind(of name: String, in directory: Int32) -> Kind {
    var status = stat()
    // `status` outlives the call.
    guard unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    case S_IFLNK: .link
    default: .other
    }
  }

  static func names(in directory: Int32) -> [String]? {
    // fdopendir(3) takes the descriptor over; ours stays open.
    let copy = dup(directory)
    guard copy >= 0 else { return nil }
    guard let stream = unsafe fdopendir(copy) else {
      close(copy)
      return nil
    }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    // The entry is valid until the next call.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        // d_name is NUL-terminated and at most 256 bytes (readdir(3)).
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// At most `limit` bytes of a file.
  static func contents(of descriptor: Int32, atMost limit: Int) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while result.count < limit {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        // The kernel writes at most `bytes.count` bytes.
        unsafe read(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { break }
      result.append(contentsOf: buffer[..<count])
    }
    return result
  }

  /// Whether `path` is a file that somebody may execute.
  static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    // `status` outlives the call.
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o111 != 0
  }
}
