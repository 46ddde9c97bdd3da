internal import Glibc
internal import Kernel

/// The directories that hold no secret, and the view that shows nothing else.
///
/// A command in the view asks the kernel by name, unsupervised: it must never hold a directory from outside of the view, since names
/// can be asked for from there as well.
final class PublicTrees {
  /// Absolute and normalised.
  let names: [[UInt8]]
  /// O_PATH; becomes the root of commands that stay in the trees. It belongs to a mount namespace of its own.
  let view: FileDescriptor
  /// What the kernel puts in front of a name in the view, seen from here.
  private let prefix: [UInt8]

  init(_ names: [[UInt8]], view: consuming FileDescriptor) throws(KernelError) {
    prefix = try view.location()
    self.names = names
    self.view = view
  }

  /// Whether a place on the host lies in one of the trees.
  func contain(_ location: [UInt8]) -> Bool {
    names.contains {
      location.starts(with: $0) && (location.count == $0.count || location[$0.count] == Self.slash)
    }
  }

  /// The same directory in the view; fails with EACCES when the view does not show it.
  func directory(like object: borrowing ResolvedObject) throws(KernelError) -> FileDescriptor {
    guard contain(object.location), let path = FilePath(object.location) else {
      throw KernelError(.openat2, code: EACCES)
    }
    let shown = try view.open(path, [.path, .directory, .noFollow], resolve: [.inRoot, .noSymbolicLinks])
    return try Self.same(shown, as: object.status)
  }

  /// A directory of the view as the host has it: objects can be judged from there.
  func hostDirectory(of shown: consuming FileDescriptor) throws(KernelError) -> FileDescriptor {
    let location = try shown.location()
    guard location.starts(with: prefix), let path = FilePath(Array(location.dropFirst(prefix.count))),
      contain(path.bytes)
    else { throw KernelError(.openat2, code: EACCES) }
    return try Self.same(
      try .open(path, [.path, .directory], resolve: .noSymbolicLinks), as: try shown.status())
  }

  private static func same(
    _ found: consuming FileDescriptor, as wanted: FileStatus
  ) throws(KernelError) -> FileDescriptor {
    let status = try found.status()
    guard status.device == wanted.device, status.inode == wanted.inode else {
      throw KernelError(.openat2, code: EACCES)
    }
    return found
  }

  private static let slash = UInt8(ascii: "/")
}
