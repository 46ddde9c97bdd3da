internal import CKeyhole
internal import Glibc

extension Credentials {
  /// Becomes another user for good, in these supplementary groups. The kept capabilities are permitted, not effective,
  /// and ambient, so that executed programs have them. setresuid(2), capabilities(7)
  public static func become(
    _ user: UserID, _ group: GroupID, groups: [GroupID], ambient kept: Capabilities
  ) throws(KernelError) {
    let numbers = groups.map(\.rawValue)
    // The array lives through the call.
    try attempt(.setresuid) {
      unsafe keyhole_become_user(user.rawValue, group.rawValue, numbers, numbers.count, kept.rawValue)
    }
  }

  /// Keeps of the permitted capabilities only these, for executed programs, and none in effect here. PR_CAP_AMBIENT
  public static func keepForChildren(_ kept: Capabilities) throws(KernelError) {
    let permitted = try permittedCapabilities()
    try attempt(.capset) { keyhole_keep_for_children(kept.intersection(permitted).rawValue) }
  }
}

extension ResourceLimit {
  /// Raises the soft limit of open descriptors, as far as the hard one allows; returns what it is then. getrlimit(2)
  public static func raiseDescriptors(to wanted: Int) throws(KernelError) -> Int {
    Int(try attempt(.setrlimit) { keyhole_raise_descriptor_limit(UInt64(wanted)) })
  }
}

extension GroupID {
  /// getegid(2)
  public static var effective: GroupID { GroupID(getegid()) }
}

extension FilePath {
  /// The path with a suffix on its last name.
  public func appending(_ suffix: StaticString) -> FilePath {
    // Neither part has a NUL.
    FilePath(bytes + Array("\(suffix)".utf8)) ?? self
  }
}
