internal import CKeyhole
internal import Glibc

/// What the kernel says of a file. statx(2)
public struct FileStatus: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case regular, directory, symbolicLink, fifo, socket, characterDevice, blockDevice, other
  }

  /// A device number.
  public struct Device: Hashable, Sendable {
    public var major: UInt32
    public var minor: UInt32

    public init(major: UInt32, minor: UInt32) {
      self.major = major
      self.minor = minor
    }
  }

  public var kind: Kind
  /// Permission bits and the three special bits.
  public var mode: UInt32
  public var links: UInt32
  public var user: UserID
  public var group: GroupID
  public var device: Device
  public var inode: UInt64
  public var size: UInt64
  /// The mount's id, as in /proc/self/mountinfo.
  public var mount: UInt64
  /// For device files: the device they stand for.
  public var special: Device
  /// Last change of the inode, links and names included, in nanoseconds since 1970.
  public var changed: Int64

  init(_ raw: keyhole_file_status) {
    kind =
      switch mode_t(raw.mode) & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: .other
      }
    mode = raw.mode & 0o7777
    links = raw.links
    user = UserID(raw.user)
    group = GroupID(raw.group)
    device = Device(major: raw.device_major, minor: raw.device_minor)
    inode = raw.inode
    size = raw.size
    mount = raw.mount
    special = Device(major: raw.special_major, minor: raw.special_minor)
    changed = raw.changed_seconds * 1_000_000_000 + Int64(raw.changed_nanoseconds)
  }
}

extension FileDescriptor {
  public func status() throws(KernelError) -> FileStatus {
    var raw = keyhole_file_status()
    try attempt(.statx) { unsafe keyhole_file_status(number, &raw) }
    return FileStatus(raw)
  }

  /// Whether this is an object of procfs, whose links need care. statfs(2), PROC_SUPER_MAGIC
  public func isOnProcfs() throws(KernelError) -> Bool {
    try attempt(.statfs) { keyhole_is_on_procfs(number) } == 1
  }

  /// The status of a name in this directory; a symbolic link is not followed.
  public func status(of name: FilePath) throws(KernelError) -> FileStatus {
    var raw = keyhole_file_status()
    try attempt(.statx, on: name.description) {
      unsafe name.withCString { unsafe keyhole_file_status_at(number, $0, &raw) }
    }
    return FileStatus(raw)
  }
}
