internal import Glibc
internal import Kernel

/// The file of ``TrailState``: opened, locked against a second broker, and flushed to the disk.
struct StateFile: ~Copyable {
  private let descriptor: FileDescriptor
  private let path: FilePath
  /// What the file held when it was opened.
  private let bytes: [UInt8]
  private let finding: TrailState.Finding

  /// A file of 4,096 calls has a little more than 2 MiB.
  private static let longest = 8 << 20
  /// How long a broker that was just killed may take to be gone.
  private static let patience = (tries: 20, milliseconds: 50)

  private init(
    _ descriptor: consuming FileDescriptor, _ path: FilePath, _ bytes: [UInt8], _ finding: TrailState.Finding
  ) {
    self.descriptor = descriptor
    self.path = path
    self.bytes = bytes
    self.finding = finding
  }

  /// Opens the file, or makes one that only root may read. One that is damaged is given another name and replaced.
  static func open(_ text: String) throws(AuditError) -> StateFile {
    guard let path = FilePath(Array(text.utf8)) else {
      throw .state(path: text, problem: "a path with a NUL byte")
    }
    do throws(KernelError) {
      return try take(path)
    } catch {
      if error.call == .flock, error.code == EWOULDBLOCK { throw .stateInUse(path: text) }
      throw .state(path: text, problem: "\(error)")
    }
  }

  private static func take(_ path: FilePath) throws(KernelError) -> StateFile {
    try makeParent(of: path)
    let descriptor = try openLocked(path)
    let bytes = try descriptor.readAll(limit: longest)
    if bytes.allSatisfy({ $0 == 0 }) { return StateFile(descriptor, path, [], .none) }
    if TrailState.read(bytes) != nil { return StateFile(descriptor, path, bytes, .whole) }
    let aside = "\(path).damaged-\(MonotonicClock.wallClock / 1_000_000_000)"
    guard let other = FilePath(Array(aside.utf8)) else {
      throw KernelError(.rename, on: aside, code: EINVAL)
    }
    try FileChanges.rename(path, to: other)
    return StateFile(try openLocked(path), path, [], .damaged(keptAs: aside))
  }

  /// The directory that the unit's StateDirectory= makes, for a broker that is started otherwise.
  private static func makeParent(of path: FilePath) throws(KernelError) {
    guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0,
      let parent = FilePath(Array(path.bytes[..<slash]))
    else { return }
    try FileChanges.makeDirectory(parent, mode: 0o700)
  }

  private static func openLocked(_ path: FilePath) throws(KernelError) -> FileDescriptor {
    let file = try FileDescriptor.open(path, [.readWrite, .create, .noFollow], mode: 0o600)
    guard try file.status().kind == .regular else {
      throw KernelError(.openat2, on: path.description, code: EINVAL)
    }
    guard try lock(file) else { throw KernelError(.flock, on: path.description, code: EWOULDBLOCK) }
    return file
  }

  private static func lock(_ file: borrowing FileDescriptor) throws(KernelError) -> Bool {
    for attempt in 0..<patience.tries {
      if try file.lock() { return true }
      if attempt == patience.tries - 1 { break }
      var nothing: [PollEntry] = []
      _ = try poll(&nothing, milliseconds: patience.milliseconds)
    }
    return false
  }

  /// The state in it, with slots for so many calls.
  func state(boot: String, calls: Int) throws(AuditError) -> TrailState {
    do throws(KernelError) {
      return try TrailState(descriptor, finding: finding, boot: boot, calls: calls, reading: bytes)
    } catch {
      throw .state(path: path.description, problem: "\(error)")
    }
  }

  /// Returns when what was stored is on the disk.
  func flush() throws(KernelError) { try descriptor.synchronizeData() }
}
