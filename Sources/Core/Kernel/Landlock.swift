internal import CKeyhole
internal import Glibc

/// A Landlock ruleset under construction: what it handles is forbidden unless a rule allows it. landlock(7)
public struct LandlockRuleset: ~Copyable {
  /// LANDLOCK_ACCESS_FS_…, LANDLOCK_ACCESS_NET_… and LANDLOCK_SCOPE_… of linux/landlock.h.
  public struct Access: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let execute = Access(rawValue: 1 << 0)
    public static let readFile = Access(rawValue: 1 << 2)
    public static let readDirectory = Access(rawValue: 1 << 3)

    /// Everything about files that this version of the interface can forbid.
    static func everything(version: Int) -> Access {
      let known =
        switch version {
        case ...1: 13  // up to MAKE_SYM
        case 2: 14  // + REFER
        case 3, 4: 15  // + TRUNCATE
        default: 16  // + IOCTL_DEV
        }
      return Access(rawValue: (1 << UInt64(known)) - 1)
    }
  }

  /// The interface's version, 0 when the kernel has none or it is switched off.
  public static var version: Int { max(0, Int(keyhole_landlock_abi())) }

  public let descriptor: FileDescriptor

  /// Forbids all file access, and, where the version can, TCP and whatever reaches out of the domain
  /// (abstract sockets, signals).
  public init(version: Int) throws(KernelError) {
    let files = Access.everything(version: version).rawValue
    let network: UInt64 = version >= 4 ? 0b11 : 0
    let scoped: UInt64 = version >= 6 ? 0b11 : 0
    descriptor = FileDescriptor(
      owning: try attempt(.landlock_create_ruleset) { keyhole_landlock_ruleset(files, network, scoped) })
  }

  /// Allows some access to a file, or to a directory and all below it.
  public func allow(_ access: Access, on path: borrowing FileDescriptor) throws(KernelError) {
    let number = path.number
    try attempt(.landlock_add_rule) {
      keyhole_landlock_allow_beneath(descriptor.number, number, access.rawValue)
    }
  }
}
