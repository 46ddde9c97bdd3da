internal import Glibc
internal import Kernel

/// What the supervisor may know of a thread whose call it holds, through a procfs instance of the call's own pid
/// namespace: pid numbers there mean this call's processes and nothing else.
struct CallerView: ~Copyable {
  private let processes: FileDescriptor

  /// `processes` comes from ``Namespaces/privateProcfs()``.
  init(processes: consuming FileDescriptor) {
    self.processes = processes
  }

  /// The directory that a relative path starts from, by object.
  func directory(_ base: OpenRequest.Base, of thread: ProcessID) throws(KernelError) -> FileDescriptor {
    switch base {
    case .workingDirectory: try open("\(thread)/cwd")
    case .descriptor(let number): try open("\(thread)/fd/\(number)")
    }
  }

  /// The threads of one of the call's processes; none when it is gone.
  func threads(of process: ProcessID) -> [ProcessID] {
    guard let directory = try? open("\(process)/task") else { return [] }
    let names = (try? directory.entries(limit: 4096)) ?? []
    return names.compactMap { Int32(String(decoding: $0, as: UTF8.self)).map(ProcessID.init) }
  }

  private func open(_ name: String) throws(KernelError) -> FileDescriptor {
    guard let path = FilePath(Array(name.utf8)) else { throw KernelError(.openat2, on: name, code: 2) }
    return try processes.open(path, .path)
  }

  /// A copy of a descriptor of the thread's process: the same open file description.
  func descriptor(_ number: CInt, of thread: ProcessID) throws(KernelError) -> FileDescriptor {
    try ProcessDescriptor.descriptor(number, of: try process(with: thread))
  }

  /// pidfd_open(2) wants the first thread's number.
  private func process(with thread: ProcessID) throws(KernelError) -> FileDescriptor {
    guard let status = FilePath(Array("\(thread)/status".utf8)),
      let leader = Self.field("Tgid:", in: try processes.open(status).readAll(limit: 8192)),
      let number = Int32(String(decoding: leader, as: UTF8.self))
    else { throw KernelError(.pidfd_open, on: "\(thread)", code: ESRCH) }
    return try ProcessDescriptor.open(ProcessID(number))
  }

  /// The number of the thread's process in the host's procfs, as `/proc/self` would name it for that process; nil when
  /// it cannot be told.
  func hostNumber(ofProcessWith thread: ProcessID) throws(KernelError) -> [UInt8]? {
    let pidfd = try process(with: thread)
    // The host's procfs translates a pidfd to its own numbers.
    guard let information = FilePath(Array("/proc/self/fdinfo/\(pidfd.number)".utf8)) else { return nil }
    return Self.field("Pid:", in: try FileDescriptor.open(information).readAll(limit: 4096))
  }

  /// The supervisor's own number in the host's procfs.
  static func ownHostNumber() throws(KernelError) -> [UInt8] {
    try FileDescriptor.linkText(of: "/proc/self")
  }

  private static func field(_ name: String, in text: [UInt8]) -> [UInt8]? {
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array(name.utf8)) {
      return Array(
        line.dropFirst(name.utf8.count).drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") })
    }
    return nil
  }
}
