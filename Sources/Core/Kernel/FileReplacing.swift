internal import CKeyhole
internal import Glibc

// What it takes to put one file in the place of another so that a crash leaves either the old one or the new one.

extension FileDescriptor {
  /// Returns when the file's bytes and size, or a directory's names, are on the disk. fsync(2)
  public func synchronize() throws(KernelError) {
    try attempt(.fsync) { fsync(number) }
  }

  /// fchown(2) and fchmod(2), in this order: the first clears bits of the second.
  public func set(owner: UserID, group: GroupID, mode: UInt32) throws(KernelError) {
    try attempt(.chown) { fchown(number, owner.rawValue, group.rawValue) }
    try attempt(.chmod) { fchmod(number, mode_t(mode)) }
  }

  /// Takes the one lock on this file, which all who open it contend for; false when somebody else has it. It ends with
  /// the last descriptor of this open file description. flock(2)
  public func lock() throws(KernelError) -> Bool {
    do throws(KernelError) {
      try attempt(.flock) { flock(number, LOCK_EX | LOCK_NB) }
      return true
    } catch  where error.code == EWOULDBLOCK {
      return false
    }
  }
}

extension FileChanges {
  /// Gives a file another name in the same file system, in place of what has that name. rename(2)
  public static func rename(_ path: FilePath, to other: FilePath) throws(KernelError) {
    try attempt(.rename, on: other.description) {
      unsafe path.withCString { path in unsafe other.withCString { unsafe Glibc.rename(path, $0) } }
    }
  }

  /// Gives a file a second name; it must not exist yet. link(2)
  public static func addName(_ other: FilePath, to path: FilePath) throws(KernelError) {
    try attempt(.link, on: other.description) {
      unsafe path.withCString { path in unsafe other.withCString { unsafe link(path, $0) } }
    }
  }

  /// A directory that must not exist yet. mkdir(2)
  public static func makeNewDirectory(_ path: FilePath, mode: UInt32) throws(KernelError) {
    try attempt(.mkdir, on: path.description) {
      unsafe path.withCString { unsafe mkdir($0, mode_t(mode)) }
    }
  }

  /// rmdir(2)
  public static func removeDirectory(_ path: FilePath) throws(KernelError) {
    try attempt(.rmdir, on: path.description) { unsafe path.withCString { unsafe rmdir($0) } }
  }
}
