internal import Glibc
internal import Kernel

/// The host's users and groups, by name. getpwnam_r(3), getgrnam_r(3)
enum Accounts {
  /// The number of a user given by name or number; nil when there is no such user.
  static func user(_ name: String) -> UserID? {
    if let number = UInt32(name) { return UserID(number) }
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    // The entry points into the buffer; only its number leaves this function.
    guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
      return nil
    }
    return unsafe UserID(entry.pw_uid)
  }

  static func group(_ name: String) -> GroupID? {
    var entry = unsafe Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    var buffer = [CChar](repeating: 0, count: 65_536)
    // As above.
    guard unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
      return nil
    }
    return unsafe GroupID(entry.gr_gid)
  }
}
