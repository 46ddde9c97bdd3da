// From keyhole-exec to the broker, in the order in which things happened.

public enum CallEvent: Equatable, Sendable {
  /// The sandbox holds and the first stage is about to run.
  case started(Enforcement)
  /// An open or a connect that the supervisor refused; at most ``maximumRefusals`` a call are sent.
  case refused(RefusedAccess)
  /// A hard link was refused because the index of denied files cannot tell what it is: make it anew.
  case indexOutdated
  /// The last event. The output has been handed over whole.
  case ended(CallEnd)

  public static let maximumRefusals = 16
}

/// What really holds the command, reported and never assumed.
public struct Enforcement: Equatable, Sendable {
  /// 0 when the kernel has no Landlock.
  public var landlock: UInt8
  public var ownNamespaces: Bool

  public init(landlock: UInt8, ownNamespaces: Bool) {
    self.landlock = landlock
    self.ownNamespaces = ownNamespaces
  }
}

public struct RefusedAccess: Equatable, Sendable {
  public enum Operation: UInt8, Equatable, Sendable, CaseIterable {
    case open = 0
    case connect = 1
    case write = 2
  }

  public var operation: Operation
  /// The resolved path when there is one, the requested one otherwise; at most 4,096 bytes.
  public var path: [UInt8]
  public var reason: String

  public init(operation: Operation, path: [UInt8], reason: String) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }
}

public struct CallEnd: Equatable, Sendable {
  public enum Cause: Equatable, Sendable {
    /// The last stage of the last pipeline that ran exited.
    case exited(UInt8)
    case signaled(UInt8)
    case timedOut
    case outputLimit
    /// Keyhole itself could not: nothing ran, or what ran was killed. The reason says why.
    case failed(String)
    /// What a glob gave was not allowed.
    case refused(String)
  }

  public var cause: Cause
  /// Bytes of standard output and standard error handed over.
  public var bytesOut: UInt64
  /// All refused accesses, sent or not.
  public var refusals: UInt32

  public init(cause: Cause, bytesOut: UInt64, refusals: UInt32) {
    self.cause = cause
    self.bytesOut = bytesOut
    self.refusals = refusals
  }
}
