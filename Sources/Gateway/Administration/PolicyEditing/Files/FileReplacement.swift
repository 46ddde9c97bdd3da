internal import Glibc
internal import Kernel

/// Puts new bytes in a file's place in one step: whoever opens it, also after a crash, finds the old file or the new one.
enum FileReplacement {
  /// How the version before the last change is called.
  static func previous(of path: String) -> String { FilePlace.hidden(path, "previous") }

  /// Whether a change that everybody sees will also outlast a crash of the machine.
  enum Durability {
    case onDisk
    /// The disk failed to confirm it.
    case unconfirmed(KernelError)
  }

  /// Owner, group and mode stay; a file that is new gets those of its directory, and mode 0644. Throws when the old file is
  /// still in its place.
  ///
  /// - Parameter keepingPrevious: leave the old file beside the new one, as ``previous(of:)``.
  static func install(
    _ bytes: [UInt8], at path: String, keepingPrevious: Bool
  ) throws(KernelError) -> Durability {
    let directory = try openDirectory(of: path)
    let new = FilePlace.hidden(path, "new-\(FilePlace.randomDigits())")
    do throws(KernelError) {
      let exists = try write(bytes, to: new, inPlaceOf: path)
      if keepingPrevious { try keep(path, exists: exists) }
      try FileChanges.rename(try FilePlace.path(new), to: try FilePlace.path(path))
    } catch {
      try? FileChanges.remove(try FilePlace.path(new))
      throw error
    }
    return durability(of: directory)
  }

  /// Takes a file away, leaving it as ``previous(of:)``.
  static func remove(_ path: String) throws(KernelError) -> Durability {
    let directory = try openDirectory(of: path)
    try FileChanges.rename(try FilePlace.path(path), to: try FilePlace.path(previous(of: path)))
    return durability(of: directory)
  }

  private static func openDirectory(of path: String) throws(KernelError) -> FileDescriptor {
    try FileDescriptor.open(try FilePlace.path(FilePlace.split(path).directory), [.directory])
  }

  private static func durability(of directory: borrowing FileDescriptor) -> Durability {
    do throws(KernelError) {
      try directory.synchronize()
      return .onDisk
    } catch {
      return .unconfirmed(error)
    }
  }

  /// True when there is a file in that place.
  private static func write(
    _ bytes: [UInt8], to new: String, inPlaceOf path: String
  ) throws(KernelError) -> Bool {
    let old = try status(of: path)
    let file = try FileDescriptor.open(
      try FilePlace.path(new), [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
    try file.writeAll(bytes)
    if let old {
      try file.set(owner: old.user, group: old.group, mode: old.mode)
    } else {
      let directory = try FileDescriptor.open(
        try FilePlace.path(FilePlace.split(path).directory), [.path, .directory]
      ).status()
      try file.set(owner: directory.user, group: directory.group, mode: 0o644)
    }
    try file.synchronize()
    return old != nil
  }

  /// nil when there is none; what is no regular file is an error.
  private static func status(of path: String) throws(KernelError) -> FileStatus? {
    do throws(KernelError) {
      let status = try FileDescriptor.open(try FilePlace.path(path), [.path, .noFollow]).status()
      guard status.kind == .regular else { throw KernelError(.openat2, on: path, code: EINVAL) }
      return status
    } catch  where error.code == ENOENT {
      return nil
    }
  }

  private static func keep(_ path: String, exists: Bool) throws(KernelError) {
    let previous = try FilePlace.path(previous(of: path))
    guard exists else { return try FileChanges.remove(previous) }
    // link(2) takes no place that is taken, rename(2) does.
    let name = try FilePlace.path(FilePlace.hidden(path, "old-\(FilePlace.randomDigits())"))
    try FileChanges.addName(name, to: try FilePlace.path(path))
    do throws(KernelError) {
      try FileChanges.rename(name, to: previous)
      // Both may be names of one file already: then rename(2) does nothing.
      try FileChanges.remove(name)
    } catch {
      try? FileChanges.remove(name)
      throw error
    }
  }
}
