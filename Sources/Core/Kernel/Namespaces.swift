internal import CKeyhole
internal import Glibc

/// Kinds of namespaces(7).
public struct NamespaceKinds: OptionSet, Sendable {
  public let rawValue: CInt
  public init(rawValue: CInt) { self.rawValue = rawValue }
  public static let mount = NamespaceKinds(rawValue: 0x0002_0000)
  public static let uts = NamespaceKinds(rawValue: 0x0400_0000)
  public static let ipc = NamespaceKinds(rawValue: 0x0800_0000)
  public static let network = NamespaceKinds(rawValue: 0x4000_0000)
}

/// Namespaces and mounts of the calling thread.
public enum Namespaces {
  /// Parts from the namespaces of these kinds, into new ones. unshare(2)
  public static func leave(_ kinds: NamespaceKinds) throws(KernelError) {
    try attempt(.unshare) { keyhole_unshare(kinds.rawValue) }
  }

  /// Joins the namespace behind a descriptor of /proc/PID/ns. The process must have one thread. setns(2)
  public static func join(
    _ namespace: borrowing FileDescriptor, _ kind: NamespaceKinds
  ) throws(KernelError) {
    let number = namespace.number
    try attempt(.setns) { keyhole_setns(number, kind.rawValue) }
  }

  /// Mounts that the host makes or removes later still show, and none of ours reach the host.
  /// mount_namespaces(7), MS_SLAVE
  public static func followHostMounts() throws(KernelError) {
    let flags = UInt(MS_SLAVE) | UInt(MS_REC)
    try attempt(.mount, on: "/") { unsafe CKeyhole.mount("none", "/", nil, flags, nil) }
  }

  /// From here on, mounts of the host and of this namespace have nothing to do with each other. MS_PRIVATE
  public static func keepMountsApart() throws(KernelError) {
    let flags = UInt(MS_PRIVATE) | UInt(MS_REC)
    try attempt(.mount, on: "/") { unsafe CKeyhole.mount("none", "/", nil, flags, nil) }
  }

  /// Covers a directory with an empty one that nobody can write to. tmpfs(5)
  public static func coverWithEmptyDirectory(_ path: FilePath) throws(KernelError) {
    let flags =
      UInt(MS_RDONLY) | UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC)
    try attempt(.mount, on: path.description) {
      unsafe path.withCString { path in
        // Constant strings, and one that lives through the closure.
        unsafe CKeyhole.mount("keyhole", path, "tmpfs", flags, "mode=0555,size=4k")
      }
    }
  }

  /// Covers a directory with an empty one in memory, for the caller to fill. tmpfs(5)
  public static func coverWithWorkingDirectory(_ path: FilePath) throws(KernelError) {
    let flags = UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC)
    try attempt(.mount, on: path.description) {
      unsafe path.withCString { path in
        // Constant strings, and one that lives through the closure.
        unsafe CKeyhole.mount("keyhole", path, "tmpfs", flags, "mode=0755,size=1m")
      }
    }
  }

  /// Shows a file or directory, with what is mounted below it, at another path as well. mount(2), MS_BIND
  public static func show(_ source: FilePath, at target: FilePath) throws(KernelError) {
    let flags = UInt(MS_BIND) | UInt(MS_REC)
    try attempt(.mount, on: target.description) {
      unsafe source.withCString { source in
        unsafe target.withCString { unsafe CKeyhole.mount(source, $0, nil, flags, nil) }
      }
    }
  }

  /// Makes a mount and all below it read-only. mount_setattr(2), Linux 5.12
  public static func makeReadOnly(_ path: FilePath) throws(KernelError) {
    try attempt(.mount_setattr, on: path.description) {
      unsafe path.withCString { unsafe keyhole_make_read_only($0) }
    }
  }

  /// The processes of the caller's own pid namespace, as a directory that is mounted nowhere. proc(5), fsmount(2)
  public static func privateProcfs() throws(KernelError) -> FileDescriptor {
    FileDescriptor(owning: try attempt(.fsmount) { keyhole_private_procfs() })
  }
}

/// Process descriptors of processes that are not children. pidfd_open(2)
public enum ProcessDescriptor {
  public static func open(_ process: ProcessID) throws(KernelError) -> FileDescriptor {
    FileDescriptor(owning: try attempt(.pidfd_open) { keyhole_pidfd_open(process.rawValue) })
  }

  /// A copy of another process's descriptor: the same open file description. pidfd_getfd(2)
  public static func descriptor(
    _ number: CInt, of pidfd: borrowing FileDescriptor
  ) throws(KernelError) -> FileDescriptor {
    let process = pidfd.number
    return FileDescriptor(
      owning: try attempt(.pidfd_getfd) { keyhole_pidfd_getfd(process, number) })
  }
}

extension FileDescriptor {
  /// Watches the very object behind another descriptor with this inotify instance; returns the watch's number.
  /// inotify_add_watch(2)
  public func watch(_ object: borrowing FileDescriptor, for events: UInt32) throws(KernelError) -> CInt {
    let path = FilePath(own: "/proc/self/fd/\(object.number)")
    // The path is a link to the object, which is to be followed.
    let mask = events & ~0x0200_0000
    return try attempt(.inotify_add_watch) {
      unsafe path.withCString { unsafe inotify_add_watch(number, $0, mask) }
    }
  }

  /// Connects this unix socket to the very socket file behind an O_PATH descriptor, whatever its name is now; waits for
  /// `patience` milliseconds at most (EAGAIN), whatever the socket's own patience is.
  public func connectUnix(
    toObject file: borrowing FileDescriptor, patience milliseconds: Int = 60_000
  ) throws(KernelError) {
    let path = FilePath(own: "/proc/self/fd/\(file.number)")
    try attempt(.connect, on: path.description) {
      unsafe path.withCString { unsafe keyhole_unix_connect_within(number, $0, CInt(clamping: milliseconds)) }
    }
  }

  /// No descriptors come in over this unix socket any more. socket(7), SO_PASSRIGHTS, Linux 6.16 (older ones: ENOPROTOOPT)
  public func refuseDescriptors() throws(KernelError) {
    try attempt(.setsockopt) { keyhole_refuse_descriptors(number) }
  }
}
