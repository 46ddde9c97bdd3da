internal import Glibc
internal import Kernel

/// A call that asks what an object is and not what is in it: stat(2), statx(2), access(2), readlink(2), statfs(2),
/// getxattr(2), listxattr(2).
struct AttributeRequest {
  enum Wanted: Equatable {
    case status
    case extendedStatus(synchronisation: CInt, mask: UInt32)
    case access(mode: CInt, effective: Bool)
    case linkText(room: Int)
    case fileSystem
    case attribute(FilePath, room: Int)
    case attributeNames(room: Int)
  }

  /// What the object is found by; nil when it is the one behind `descriptor` itself.
  var path: OpenRequest?
  var descriptor: OpenRequest.Base
  var wanted: Wanted
  /// Where in the caller's memory the answer goes.
  var answer: UInt64

  private static let noFollow: UInt64 = 0x100  // AT_SYMLINK_NOFOLLOW
  private static let effectiveAccess: UInt64 = 0x200  // AT_EACCESS
  private static let emptyPath: UInt64 = 0x1000  // AT_EMPTY_PATH
  private static let synchronisation: UInt64 = 0x6000  // AT_STATX_SYNC_TYPE
  private static let noAutomount: UInt64 = 0x800  // AT_NO_AUTOMOUNT
  /// XATTR_SIZE_MAX and XATTR_LIST_MAX of linux/limits.h; PATH_MAX is less.
  static let mostRoom = 65_536

  init(path: OpenRequest?, descriptor: OpenRequest.Base, wanted: Wanted, answer: UInt64) {
    self.path = path
    self.descriptor = descriptor
    self.wanted = wanted
    self.answer = answer
  }

  /// nil when the call is none of these.
  init?(_ call: HeldCall) throws(KernelError) {
    let words = call.arguments
    func room(_ argument: Int) -> Int { Int(clamping: min(words[argument], UInt64(Self.mostRoom))) }
    switch call.number {
    case HeldNumbers.stat: try self.init(call, path: 0, .status, answer: 1)
    case HeldNumbers.lstat: try self.init(call, path: 0, flags: Self.noFollow, .status, answer: 1)
    case HeldNumbers.newfstatat: try self.init(call, at: 0, path: 1, flags: words[3], .status, answer: 2)
    case HeldNumbers.statx:
      let wanted = Wanted.extendedStatus(
        synchronisation: CInt(truncatingIfNeeded: words[2] & Self.synchronisation),
        mask: UInt32(truncatingIfNeeded: words[3]))
      try self.init(call, at: 0, path: 1, flags: words[2] & ~Self.synchronisation, wanted, answer: 4)
    case HeldNumbers.access:
      try self.init(call, path: 0, .access(mode: Self.mode(words[1]), effective: false), answer: 0)
    case HeldNumbers.faccessat:
      try self.init(call, at: 0, path: 1, .access(mode: Self.mode(words[2]), effective: false), answer: 0)
    case HeldNumbers.faccessat2:
      let wanted = Wanted.access(mode: Self.mode(words[2]), effective: words[3] & Self.effectiveAccess != 0)
      try self.init(call, at: 0, path: 1, flags: words[3] & ~Self.effectiveAccess, wanted, answer: 0)
    case HeldNumbers.readlink:
      try self.init(call, path: 0, flags: Self.noFollow, .linkText(room: room(2)), answer: 1)
    case HeldNumbers.readlinkat:
      let flags = Self.noFollow | Self.emptyPath
      try self.init(call, at: 0, path: 1, flags: flags, .linkText(room: room(3)), answer: 2)
    case HeldNumbers.statfs: try self.init(call, path: 0, .fileSystem, answer: 1)
    case HeldNumbers.getxattr, HeldNumbers.lgetxattr:
      guard let name = try ForeignMemory.readString(of: call.thread, at: words[1], limit: 256),
        let path = FilePath(name)
      else { throw KernelError(.getxattr, code: ERANGE) }
      let flags = call.number == HeldNumbers.lgetxattr ? Self.noFollow : 0
      try self.init(call, path: 0, flags: flags, .attribute(path, room: room(3)), answer: 2)
    case HeldNumbers.listxattr, HeldNumbers.llistxattr:
      let flags = call.number == HeldNumbers.llistxattr ? Self.noFollow : 0
      try self.init(call, path: 0, flags: flags, .attributeNames(room: room(2)), answer: 1)
    default: return nil
    }
  }

  /// `at`, `path` and `answer` are the numbers of the arguments that hold them.
  private init(
    _ call: HeldCall, at base: Int? = nil, path: Int, flags: UInt64 = 0, _ wanted: Wanted, answer: Int
  ) throws(KernelError) {
    let flags = flags & 0xFFFF_FFFF
    guard flags & ~(Self.noFollow | Self.emptyPath | Self.noAutomount) == 0 else {
      throw KernelError(.statx, code: EINVAL)
    }
    descriptor = base.map { OpenRequest.Base(descriptor: call.arguments[$0]) } ?? .workingDirectory
    self.wanted = wanted
    self.answer = call.arguments[answer]
    let address = call.arguments[path]
    // Newer kernels take no path at all for an empty one.
    let text =
      address == 0 && flags & Self.emptyPath != 0
      ? [] : try OpenRequest.pathBytes(of: call.thread, at: address)
    if text.isEmpty {
      guard flags & Self.emptyPath != 0 else { throw KernelError(.statx, code: ENOENT) }
      return
    }
    guard let name = FilePath(text) else { throw KernelError(.statx, code: EINVAL) }
    self.path = OpenRequest(base: descriptor, path: name, flags: flags & Self.noFollow == 0 ? [] : .noFollow)
  }

  private static func mode(_ argument: UInt64) -> CInt { CInt(truncatingIfNeeded: argument) }
}
