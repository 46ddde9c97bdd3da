internal import CKeyhole
internal import Glibc

public struct UserID: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt32
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }
  public static let root = UserID(0)
  public var description: String { String(rawValue) }
  /// Whom this process acts as. geteuid(2)
  public static var effective: UserID { UserID(geteuid()) }
}

public struct GroupID: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt32
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }
  public var description: String { String(rawValue) }
}

/// A process or thread number in this process's pid namespace.
public struct ProcessID: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: Int32
  public init(_ rawValue: Int32) { self.rawValue = rawValue }
  public var description: String { String(rawValue) }
}

/// capabilities(7), by number.
public struct Capabilities: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let readSearch = Capabilities(rawValue: 1 << 2)
  public static let setGroups = Capabilities(rawValue: 1 << 6)
  public static let changeRoot = Capabilities(rawValue: 1 << 18)
  public static let syslog = Capabilities(rawValue: 1 << 34)
}

/// Changes of who this process is. They hold for the calling thread, so the process must have only one.
public enum Credentials {
  /// Becomes another user for good: real, effective and saved ids. setgroups(2), setresgid(2), setresuid(2)
  ///
  /// It is left in no supplementary group, and the kept capabilities are permitted but not effective.
  public static func become(
    _ user: UserID, _ group: GroupID, keeping kept: Capabilities
  ) throws(KernelError) {
    let prKeepCapabilities: CInt = 8
    if !kept.isEmpty { try attempt(.prctl) { keyhole_prctl(prKeepCapabilities, 1) } }
    try setSupplementaryGroups([])
    try attempt(.setresuid) { keyhole_set_identity(user.rawValue, group.rawValue) }
    try setCapabilities(effective: [], permitted: kept)
  }

  /// setgroups(2); needs CAP_SETGID.
  public static func setSupplementaryGroups(_ groups: [GroupID]) throws(KernelError) {
    let numbers = groups.map(\.rawValue)
    // The array lives through the call.
    try attempt(.setgroups) { unsafe keyhole_set_groups(numbers, numbers.count) }
  }

  /// capset(2)
  public static func setCapabilities(
    effective: Capabilities, permitted: Capabilities
  ) throws(KernelError) {
    try attempt(.capset) { keyhole_set_capabilities(effective.rawValue, permitted.rawValue) }
  }

  /// No exec of this process or its children can gain privilege any more. prctl(2), PR_SET_NO_NEW_PRIVS
  public static func forbidNewPrivileges() throws(KernelError) {
    let prSetNoNewPrivileges: CInt = 38
    try attempt(.prctl) { keyhole_prctl(prSetNoNewPrivileges, 1) }
  }

  /// Processes of the same uid can neither trace this one nor read its memory. prctl(2), PR_SET_DUMPABLE
  public static func forbidTracing() throws(KernelError) {
    let prSetDumpable: CInt = 4
    try attempt(.prctl) { keyhole_prctl(prSetDumpable, 0) }
  }

  /// This process gets SIGKILL when the thread that started it ends. prctl(2), PR_SET_PDEATHSIG
  public static func dieWithParent() throws(KernelError) {
    let prSetParentDeathSignal: CInt = 1
    try attempt(.prctl) { keyhole_prctl(prSetParentDeathSignal, UInt(SIGKILL)) }
  }
}

/// Bounds of getrlimit(2).
public struct ResourceLimit: Sendable {
  public enum Resource: CInt, Sendable {
    case cpuSeconds = 0
    case fileSize = 1
    case coreSize = 4
    case processes = 6
    case descriptors = 7
    case lockedMemory = 8
    case addressSpace = 9
    case messageQueueBytes = 12
  }

  public var resource: Resource
  public var value: UInt64

  public init(_ resource: Resource, _ value: UInt64) {
    self.resource = resource
    self.value = value
  }

  /// Sets both the soft and the hard limit of this process.
  public func apply() throws(KernelError) {
    var raw = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    try attempt(.setrlimit) { unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &raw) }
  }
}
