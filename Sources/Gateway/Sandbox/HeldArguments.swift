internal import Glibc
internal import Kernel

/// What a held system call asks for, copied once from the command's memory: what it changes there afterwards
/// changes nothing here.
enum HeldArguments {
  case open(OpenRequest)
  case connect(ConnectRequest)
  case watch(WatchRequest)
  case attributes(AttributeRequest)
  case affinity(AffinityRequest)
  /// Not a call that the filter should have sent here.
  case unknown

  /// Throws when the arguments cannot be read, with the error number that the command gets.
  init(of call: HeldCall) throws(KernelError) {
    guard call.architecture == HeldNumbers.architecture else {
      self = .unknown
      return
    }
    switch call.number {
    case HeldNumbers.open:
      self = .open(try OpenRequest(call, base: .workingDirectory, path: 0, flags: call.arguments[1]))
    case HeldNumbers.openat:
      let base = OpenRequest.Base(descriptor: call.arguments[0])
      self = .open(try OpenRequest(call, base: base, path: 1, flags: call.arguments[2]))
    case HeldNumbers.openat2:
      self = .open(try OpenRequest(openat2: call))
    case HeldNumbers.creat:
      let flags = OpenFlags([.create, .writeOnly, .truncate])
      self = .open(try OpenRequest(call, base: .workingDirectory, path: 0, flags: flags.rawValue))
    case HeldNumbers.inotifyAddWatch:
      self = .watch(try WatchRequest(call))
    case HeldNumbers.connect:
      self = .connect(try ConnectRequest(call))
    case HeldNumbers.schedGetaffinity:
      self = .affinity(AffinityRequest(call))
    default:
      self = try AttributeRequest(call).map(HeldArguments.attributes) ?? .unknown
    }
  }
}

/// An open, whichever system call it came by. open(2), openat2(2)
struct OpenRequest {
  enum Base: Equatable {
    case workingDirectory
    case descriptor(Int32)

    init(descriptor: UInt64) {
      let number = Int32(truncatingIfNeeded: descriptor)
      self = number == AT_FDCWD ? .workingDirectory : .descriptor(number)
    }
  }

  var base: Base
  var path: FilePath
  var flags: OpenFlags
  var resolve: Resolution = []

  /// The kernel's PATH_MAX, with the NUL.
  private static let longestPath = 4096

  init(base: Base, path: FilePath, flags: OpenFlags) {
    self.base = base
    self.path = path
    self.flags = flags
  }

  init(_ call: HeldCall, base: Base, path argument: Int, flags: UInt64) throws(KernelError) {
    self.init(
      base: base, path: try Self.path(of: call.thread, at: call.arguments[argument]),
      flags: OpenFlags(rawValue: flags & 0xFFFF_FFFF))
  }

  init(openat2 call: HeldCall) throws(KernelError) {
    // struct open_how: three 64-bit numbers; a longer one from a newer library is refused as the kernel would.
    guard call.arguments[3] == 24 else {
      throw KernelError(.openat2, code: call.arguments[3] < 24 ? EINVAL : E2BIG)
    }
    let how = try ForeignMemory.read(of: call.thread, at: call.arguments[2], upTo: 24)
    guard how.count == 24 else { throw KernelError(.openat2, code: EFAULT) }
    let numbers = [0, 8, 16].map { offset in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(how[offset + $1]) << UInt64(8 * $1) }
    }
    try self.init(call, base: Base(descriptor: call.arguments[0]), path: 1, flags: numbers[0])
    resolve = Resolution(rawValue: numbers[2])
  }

  static func path(of thread: ProcessID, at address: UInt64) throws(KernelError) -> FilePath {
    let bytes = try pathBytes(of: thread, at: address)
    guard !bytes.isEmpty, let path = FilePath(bytes) else { throw KernelError(.openat, code: ENOENT) }
    return path
  }

  /// As ``path(of:at:)``, perhaps empty.
  static func pathBytes(of thread: ProcessID, at address: UInt64) throws(KernelError) -> [UInt8] {
    guard let bytes = try ForeignMemory.readString(of: thread, at: address, limit: longestPath) else {
      throw KernelError(.openat, code: ENAMETOOLONG)
    }
    return bytes
  }

  /// Whether it asks for more than reading what is there.
  var wantsChange: Bool {
    !flags.isDisjoint(with: [.writeOnly, .readWrite, .create, .truncate, .append, .temporaryFile])
  }
}

/// A connect to a path socket. unix(7)
struct ConnectRequest {
  var socket: Int32
  /// nil for any other address: another family, an abstract name.
  var path: FilePath?

  init(_ call: HeldCall) throws(KernelError) {
    socket = Int32(truncatingIfNeeded: call.arguments[0])
    let length = min(Int(clamping: call.arguments[2]), 110)  // sizeof(struct sockaddr_un)
    let address = try ForeignMemory.read(of: call.thread, at: call.arguments[1], upTo: length)
    guard address.count > 2, address[0] == UInt8(AF_UNIX), address[1] == 0, address[2] != 0 else { return }
    path = FilePath(Array(address.dropFirst(2).prefix { $0 != 0 }))
  }
}

/// A watch on a file or directory. inotify_add_watch(2)
struct WatchRequest {
  var inotify: Int32
  var mask: UInt32
  /// What is watched must be something that may be opened: names and times are told of it.
  var open: OpenRequest

  private static let doNotFollow: UInt32 = 0x0200_0000  // IN_DONT_FOLLOW

  init(_ call: HeldCall) throws(KernelError) {
    inotify = Int32(truncatingIfNeeded: call.arguments[0])
    mask = UInt32(truncatingIfNeeded: call.arguments[2])
    let path = try OpenRequest.path(of: call.thread, at: call.arguments[1])
    open = OpenRequest(
      base: .workingDirectory, path: path, flags: mask & Self.doNotFollow == 0 ? [] : .noFollow)
  }
}

/// On which CPUs a thread may run. sched_getaffinity(2)
struct AffinityRequest {
  /// Bytes that the answer may take.
  var room: UInt64
  var answer: UInt64

  init(_ call: HeldCall) {
    room = call.arguments[1] & 0xFFFF_FFFF
    answer = call.arguments[2]
  }
}
