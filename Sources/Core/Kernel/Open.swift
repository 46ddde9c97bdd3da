internal import CKeyhole
internal import Glibc

/// Flags of open(2). `path` is O_PATH, which Swift's Glibc module lacks.
public struct OpenFlags: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public static let readOnly: OpenFlags = []
  public static let writeOnly = OpenFlags(rawValue: 0o1)
  public static let readWrite = OpenFlags(rawValue: 0o2)
  public static let create = OpenFlags(rawValue: 0o100)
  public static let exclusive = OpenFlags(rawValue: 0o200)
  public static let noControllingTerminal = OpenFlags(rawValue: 0o400)
  public static let truncate = OpenFlags(rawValue: 0o1000)
  public static let append = OpenFlags(rawValue: 0o2000)
  public static let nonBlocking = OpenFlags(rawValue: 0o4000)
  public static let directory = OpenFlags(rawValue: 0o200000)
  public static let noFollow = OpenFlags(rawValue: 0o400000)
  public static let closeOnExec = OpenFlags(rawValue: 0o2000000)
  public static let path = OpenFlags(rawValue: 0o10000000)
  /// O_TMPFILE without O_DIRECTORY, which it contains.
  public static let temporaryFile = OpenFlags(rawValue: 0o20000000)
}

/// How a path may be walked. openat2(2)
public struct Resolution: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public static let noMountCrossing = Resolution(rawValue: 0x01)
  /// No link that the kernel follows by object, such as /proc/1/root: they fail with ELOOP.
  public static let noMagicLinks = Resolution(rawValue: 0x02)
  public static let noSymbolicLinks = Resolution(rawValue: 0x04)
  public static let beneath = Resolution(rawValue: 0x08)
  public static let inRoot = Resolution(rawValue: 0x10)
  /// Only from caches, EAGAIN otherwise.
  public static let cached = Resolution(rawValue: 0x20)
}

extension FileDescriptor {
  /// Opens an absolute path, or one relative to the working directory. Always close-on-exec. openat2(2)
  public static func open(
    _ path: FilePath, _ flags: OpenFlags = .readOnly, mode: UInt64 = 0, resolve: Resolution = []
  ) throws(KernelError) -> FileDescriptor {
    try open(path, at: AT_FDCWD, flags, mode: mode, resolve: resolve)
  }

  /// Opens a path relative to this directory. Always close-on-exec.
  public func open(
    _ path: FilePath, _ flags: OpenFlags = .readOnly, mode: UInt64 = 0, resolve: Resolution = []
  ) throws(KernelError) -> FileDescriptor {
    try Self.open(path, at: number, flags, mode: mode, resolve: resolve)
  }

  /// Opens this very object again, by its descriptor and never by its name. The descriptor may be O_PATH.
  public func reopen(_ flags: OpenFlags) throws(KernelError) -> FileDescriptor {
    let link = OwnDescriptors.link(to: number)
    return try Self.open(link.path, at: link.directory, flags, mode: 0, resolve: [])
  }

  private static func open(
    _ path: FilePath, at directory: CInt, _ flags: OpenFlags, mode: UInt64, resolve: Resolution
  ) throws(KernelError) -> FileDescriptor {
    let flags = flags.union(.closeOnExec).rawValue
    return FileDescriptor(
      owning: try attempt(.openat2, on: path.description) {
        unsafe path.withCString { unsafe keyhole_openat2(directory, $0, flags, mode, resolve.rawValue) }
      })
  }

  /// Makes this directory the process's working directory. fchdir(2)
  public func makeWorkingDirectory() throws(KernelError) {
    try attempt(.fchdir) { fchdir(number) }
  }

  /// Where the kernel says that this object is, in this process's mount namespace: an absolute path,
  /// perhaps with ` (deleted)` behind it, or a name such as `pipe:[7]`. proc(5)
  public func location() throws(KernelError) -> [UInt8] {
    let link = OwnDescriptors.link(to: number)
    return try FileDescriptor.readLink(link.path, at: link.directory)
  }

  /// The text of the symbolic link that an O_PATH | O_NOFOLLOW descriptor holds. readlinkat(2)
  public func linkText() throws(KernelError) -> [UInt8] {
    try FileDescriptor.readLink(FilePath(""), at: number)
  }

  public func linkText(of name: FilePath) throws(KernelError) -> [UInt8] {
    try FileDescriptor.readLink(name, at: number)
  }

  public static func linkText(of path: FilePath) throws(KernelError) -> [UInt8] {
    try readLink(path, at: AT_FDCWD)
  }

  private static func readLink(_ path: FilePath, at directory: CInt) throws(KernelError) -> [UInt8] {
    let text = try unsafe filledBytes(atMost: longestLink) { buffer throws(KernelError) in
      try attempt(.readlink, on: path.description) {
        unsafe path.withCString { path in
          // The buffer's own length bounds the call.
          unsafe readlinkat(directory, path, buffer.baseAddress.unsafelyUnwrapped, buffer.count)
        }
      }
    }
    // A longer path would have been cut: it cannot be judged.
    if text.count == longestLink { throw KernelError(.readlink, on: path.description, code: ENAMETOOLONG) }
    return text
  }

  private static let longestLink = 8192

  /// The entries of this directory, without `.` and `..`, sorted by byte. getdents64(2)
  public func entries(limit: Int) throws(KernelError) -> [[UInt8]] {
    let copy = try open(".", [.directory])
    guard let stream = unsafe fdopendir(copy.number) else { throw KernelError(.getdents, code: errno) }
    // The stream owns the descriptor from here on.
    _ = copy.release()
    defer { unsafe _ = closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno != 0 { throw KernelError(.getdents, code: errno) }
        break
      }
      // d_name is a NUL-terminated array inside the entry, valid until the next readdir.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe Array(bytes.prefix { $0 != 0 })
      }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      names.append(name)
      if names.count > limit { throw KernelError(.getdents, code: E2BIG) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension FilePath: ExpressibleByStringLiteral {
  public init(stringLiteral value: StaticString) { self.init(value) }
}
