internal import CKeyhole
internal import Glibc

/// Changes to the file system, which only long-lived services make, to their own files.
public enum FileChanges {
  /// unlink(2); a name that does not exist is no error.
  public static func remove(_ path: FilePath) throws(KernelError) {
    do throws(KernelError) {
      try attempt(.unlink, on: path.description) { unsafe path.withCString { unsafe unlink($0) } }
    } catch  where error.code == ENOENT {}
  }

  /// Which permissions new files do not get. For the process, or for a thread that has left its mount namespace. umask(2)
  public static func withhold(_ mask: UInt32) { _ = umask(mode_t(mask)) }

  /// mkdir(2); a directory that exists is no error.
  public static func makeDirectory(_ path: FilePath, mode: UInt32) throws(KernelError) {
    do throws(KernelError) {
      try attempt(.mkdir, on: path.description) {
        unsafe path.withCString { unsafe mkdir($0, mode_t(mode)) }
      }
    } catch  where error.code == EEXIST {}
  }

  /// symlink(2); `target` is the link's text.
  public static func makeLink(_ link: FilePath, to target: FilePath) throws(KernelError) {
    try attempt(.symlink, on: link.description) {
      unsafe target.withCString { target in unsafe link.withCString { unsafe symlink(target, $0) } }
    }
  }

  /// chown(2) and chmod(2), in this order: the first clears bits of the second.
  public static func set(
    owner: UserID, group: GroupID, mode: UInt32, of path: FilePath
  ) throws(KernelError) {
    try attempt(.chown, on: path.description) {
      unsafe path.withCString { unsafe chown($0, owner.rawValue, group.rawValue) }
    }
    try attempt(.chmod, on: path.description) {
      unsafe path.withCString { unsafe chmod($0, mode_t(mode)) }
    }
  }
}
