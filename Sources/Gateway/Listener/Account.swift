internal import Glibc
internal import Kernel

/// A user of the host with its groups. getpwnam_r(3), getgrouplist(3)
struct Account {
  var user: UserID
  var group: GroupID
  /// The group of the account included.
  var groups: [GroupID]

  /// nil when there is no such user.
  init?(named name: String) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    // The entry points into the buffer; only its numbers leave this function.
    guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
      return nil
    }
    let main = unsafe entry.pw_gid
    var numbers = [gid_t](repeating: 0, count: 1024)
    var count = CInt(numbers.count)
    // The array has room for as many as are named.
    guard unsafe getgrouplist(name, main, &numbers, &count) >= 0 else { return nil }
    user = unsafe UserID(entry.pw_uid)
    group = GroupID(main)
    groups = numbers.prefix(Int(count)).map { GroupID($0) }
  }
}
