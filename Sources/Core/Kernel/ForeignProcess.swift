internal import CKeyhole
internal import Glibc

/// A process that is not this one's child, held by its process descriptor, so that a signal can never reach another.
/// pidfd_open(2)
public struct ForeignProcess: ~Copyable, Sendable {
  public let process: ProcessID
  private let pidfd: FileDescriptor

  /// Takes hold of whatever has the number now. Who else has the number before or after is for the caller to find out.
  public init(_ process: ProcessID) throws(KernelError) {
    self.process = process
    pidfd = FileDescriptor(
      owning: try attempt(.pidfd_open, on: process.description) { keyhole_pidfd_open(process.rawValue) })
  }

  public var hasEnded: Bool {
    var entries = [PollEntry(pidfd, .readable)]
    return ((try? poll(&entries, milliseconds: 0)) ?? 0) > 0
  }

  /// SIGTERM; a process that has ended is no error. pidfd_send_signal(2)
  public func terminate() throws(KernelError) {
    do throws(KernelError) {
      try attempt(.pidfd_send_signal) { keyhole_pidfd_signal(pidfd.number, SIGTERM) }
    } catch  where error.code == ESRCH {}
  }
}

/// What the kernel says of a process, by its number. proc_pid_status(5)
public struct ProcessFacts: Equatable, Sendable {
  /// The program's name, at most 15 bytes; a process may give itself another.
  public let name: [UInt8]
  public let parent: ProcessID
  /// Its real user.
  public let user: UserID

  /// nil when there is no such process, or its line is hidden from us (hidepid of proc(5)).
  public init?(of process: ProcessID) {
    guard process.rawValue > 0, let file = try? FileDescriptor.open(FilePath(own: "/proc/\(process)/status")),
      let bytes = try? file.read(upTo: 4096)
    else { return nil }
    self.init(status: bytes)
  }

  init?(status: [UInt8]) {
    var fields: [String: ArraySlice<UInt8>] = [:]
    for line in status.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      // A name that a process gave itself has its newlines escaped, so that the first line of a kind is the kernel's.
      if fields[name] == nil { fields[name] = line[(colon + 1)...].drop { $0 == UInt8(ascii: "\t") } }
    }
    func number(_ name: String) -> UInt32? {
      fields[name].flatMap { $0.split(separator: UInt8(ascii: "\t")).first }.flatMap {
        UInt32(String(decoding: $0, as: UTF8.self))
      }
    }
    guard let name = fields["Name"], let parent = number("PPid"), let user = number("Uid") else { return nil }
    self.name = Array(name)
    self.parent = ProcessID(Int32(bitPattern: parent))
    self.user = UserID(user)
  }
}
