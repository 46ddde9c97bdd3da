internal import CKeyhole
internal import Glibc

/// An open descriptor with one owner: it is closed when its owner ends.
///
/// Closing a number that is not open means that somebody else closed it, and that another file may have taken
/// its place; that traps.
public struct FileDescriptor: ~Copyable, Sendable {
  /// The number, for the duration of a call. It must not outlive the value.
  public let number: CInt

  /// Takes over an open descriptor.
  public init(owning number: CInt) {
    self.number = number
  }

  deinit {
    if Glibc.close(number) != 0 && errno == EBADF {
      preconditionFailure("descriptor \(number) was closed by somebody else")
    }
  }

  /// Gives up ownership: the caller closes the number.
  public consuming func release() -> CInt {
    let number = self.number
    discard self
    return number
  }

  /// Reads at most `count` bytes; an empty array means end of file. read(2)
  public func read(upTo count: Int) throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: count) { buffer throws(KernelError) in
      // The buffer lives through the call, and its own length bounds it.
      try attempt(.read) { unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
    }
  }

  /// Reads to the end of the file, or `limit` + 1 bytes, so that the caller can tell a longer file.
  public func readAll(limit: Int) throws(KernelError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      let more = try read(upTo: min(65_536, limit + 1 - bytes.count))
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// Writes some of the bytes and returns how many. write(2)
  public func write(_ bytes: ArraySlice<UInt8>) throws(KernelError) -> Int {
    // The slice's storage lives through the call.
    try attempt(.write) {
      unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
    }
  }

  public func writeAll(_ bytes: [UInt8]) throws(KernelError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(try write(rest))
    }
  }

  /// A second descriptor of the same open file description, close-on-exec. fcntl(2), F_DUPFD_CLOEXEC
  public func duplicate(atLeast lowest: CInt = 3) throws(KernelError) -> FileDescriptor {
    FileDescriptor(owning: try attempt(.dup) { keyhole_duplicate_at_least(number, lowest) })
  }

  /// Lets this number stand for another open file from now on; the old one is closed. dup2(2)
  public func replace(with other: borrowing FileDescriptor) throws(KernelError) {
    let source = other.number
    try attempt(.dup) { dup2(source, number) }
  }

  /// Makes reads and writes return EAGAIN instead of waiting. This changes the open file description.
  public func setNonBlocking() throws(KernelError) {
    let flags = try attempt(.fcntl) { keyhole_status_flags(number) }
    try attempt(.fcntl) { keyhole_set_status_flags(number, flags | O_NONBLOCK) }
  }

  /// Clears O_NONBLOCK.
  public func setBlocking() throws(KernelError) {
    let flags = try attempt(.fcntl) { keyhole_status_flags(number) }
    try attempt(.fcntl) { keyhole_set_status_flags(number, flags & ~O_NONBLOCK) }
  }

  /// Moves bytes between a pipe and another file inside the kernel, never waiting on a pipe; returns how
  /// many, 0 at the end. splice(2)
  public func splice(to other: borrowing FileDescriptor, upTo count: Int) throws(KernelError) -> Int {
    let target = other.number
    return try attempt(.splice) { keyhole_splice(number, target, count) }
  }

  /// Sends bytes on a socket without waiting; returns how many were taken. send(2)
  public func sendNow(_ bytes: ArraySlice<UInt8>) throws(KernelError) -> Int {
    // The slice's storage lives through the call.
    try attempt(.send) {
      unsafe bytes.withUnsafeBytes { unsafe keyhole_send_now(number, $0.baseAddress, $0.count) }
    }
  }

  /// Forbids any further change to a memory file. fcntl(2), F_ADD_SEALS
  public func seal() throws(KernelError) {
    try attempt(.fcntl) { keyhole_seal(number) }
  }
}

/// A pair of descriptors made together, each taken away by its owner.
public struct DescriptorPair: ~Copyable {
  private var first: FileDescriptor?
  private var second: FileDescriptor?

  init(_ first: consuming FileDescriptor, _ second: consuming FileDescriptor) {
    self.first = consume first
    self.second = consume second
  }

  /// The first end, once; for a pipe, the end to read from.
  public mutating func takeFirst() -> FileDescriptor { Self.take(&first) }

  /// The second end, once; for a pipe, the end to write to.
  public mutating func takeSecond() -> FileDescriptor { Self.take(&second) }

  private static func take(_ end: inout FileDescriptor?) -> FileDescriptor {
    guard let taken = end.take() else { preconditionFailure("an end of a pair was taken twice") }
    return taken
  }

  init(_ call: SystemCall, _ make: (UnsafeMutablePointer<CInt>) -> CInt) throws(KernelError) {
    var ends = [CInt](repeating: -1, count: 2)
    // Two neighbouring ints, as these calls want them.
    try attempt(call) {
      unsafe ends.withUnsafeMutableBufferPointer { unsafe make($0.baseAddress.unsafelyUnwrapped) }
    }
    self.init(FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
  }
}

extension FileDescriptor {
  /// A pipe, close-on-exec: the first end reads what the second writes. pipe(2)
  public static func pipe() throws(KernelError) -> DescriptorPair {
    try unsafe DescriptorPair(.pipe) { unsafe keyhole_pipe($0) }
  }
}

extension FileDescriptor {
  /// An empty anonymous file in memory; the name only shows in /proc. memfd_create(2)
  public static func memoryFile(named name: String) throws(KernelError) -> FileDescriptor {
    FileDescriptor(owning: try attempt(.memfd_create) { unsafe keyhole_memory_file(name) })
  }

  /// A sealed anonymous file, for bytes that another process maps.
  public static func memoryFile(
    named name: String, holding bytes: [UInt8]
  ) throws(KernelError) -> FileDescriptor {
    let file = try memoryFile(named: name)
    try file.writeAll(bytes)
    try file.seal()
    return file
  }

  /// Sets the position of the next read or write, in bytes from the start. lseek(2)
  public func seek(to offset: Int) throws(KernelError) {
    try attempt(.lseek) { lseek(number, off_t(offset), SEEK_SET) }
  }
}
