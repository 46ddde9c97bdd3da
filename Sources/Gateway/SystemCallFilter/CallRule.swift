/// What the filter does with one system call, and why it may.
public struct CallRule: Sendable {
  public enum Action: Equatable, Sendable {
    case allow
    /// The call waits until the supervisor has judged it.
    case notify
    /// The call fails with this error number; the command goes on.
    case refuse(UInt16)
    /// The process ends at once, by SIGSYS.
    case kill
  }

  /// A test on one argument; a rule applies when all of its tests hold.
  public enum Test: Equatable, Sendable {
    case equals(argument: UInt32, UInt64)
    /// Of the bits in `mask`, exactly those in `value` are set.
    case masked(argument: UInt32, mask: UInt64, value: UInt64)
  }

  public var calls: [String]
  public var action: Action
  public var tests: [Test]
  public var reason: String

  static func allow(_ calls: String..., when tests: Test..., because reason: String) -> CallRule {
    CallRule(calls: calls, action: .allow, tests: tests, reason: reason)
  }

  static func notify(_ calls: String..., when tests: Test..., because reason: String) -> CallRule {
    CallRule(calls: calls, action: .notify, tests: tests, reason: reason)
  }

  /// Nothing happens, and the caller hears that it did.
  static func pretend(_ calls: String..., when tests: Test..., because reason: String) -> CallRule {
    CallRule(calls: calls, action: .refuse(0), tests: tests, reason: reason)
  }

  static func refuse(_ calls: String..., with code: Int32, because reason: String) -> CallRule {
    CallRule(calls: calls, action: .refuse(UInt16(code)), tests: [], reason: reason)
  }
}

/// What a command gets beyond the base list. Its raw value is the index among the exported programs.
public struct FilterFeatures: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Stream sockets to local services that the policy lists; each connect is judged.
  public static let localServices = FilterFeatures(rawValue: 1)
  /// Netlink sockets, to ask the kernel about network and sockets.
  public static let netlink = FilterFeatures(rawValue: 2)
  /// Starting other programs, which Landlock bounds to those that the policy lists.
  public static let programs = FilterFeatures(rawValue: 4)

  /// Nothing but public trees is shown: what is asked by name needs no judge. With none of the above.
  public static let publicView = FilterFeatures(rawValue: 8)

  /// All combinations, in the order of their raw values.
  static let combinations = (0...8).map { FilterFeatures(rawValue: $0) }
}
