internal import AuditSchema

/// How a connection of the embedded server ended, as its last record has it.
public struct EndedSession: Equatable, Sendable {
  public enum Cause: Equatable, Sendable {
    /// The client closed the connection or lost it.
    case clientGone
    case authenticationTimeout
    case tooManyAttempts
    case protocolError
    case idle
    case limit
    case draining
    case revoked(String)
    /// Its process ended without a word.
    case crashed
    /// Its process asked for something out of turn, and the broker closed it.
    case misbehaved(String)
    /// The broker stopped.
    case stopped
  }

  public var cause: Cause
  public var milliseconds: UInt64
  /// How many were asked for over it.
  public var calls: UInt64

  public init(cause: Cause, milliseconds: UInt64, calls: UInt64) {
    self.cause = cause
    self.milliseconds = milliseconds
    self.calls = calls
  }
}

extension AuditRecord {
  /// A client proved that it has a key and was let in.
  public static func authenticated(_ caller: Caller, policy: AuditToken) -> AuditRecord {
    authentication(caller, policy, refusal: nil)
  }

  /// A client proved that it has a key and was not let in.
  public static func notAuthenticated(_ caller: Caller, policy: AuditToken, reason: String) -> AuditRecord {
    authentication(caller, policy, refusal: reason)
  }

  private static func authentication(
    _ caller: Caller, _ policy: AuditToken, refusal: String?
  ) -> AuditRecord {
    AuditRecord(
      type: .userAuthentication, result: refusal == nil ? .success : .failed, address: caller.address,
      terminal: .ssh,
      fields: [.op(.authentication)] + caller.fields + [.plain(.policy, policy)]
        + (refusal.map { [.explanation($0)] } ?? []))
  }

  /// `res=success` when it was the client's or the server's own wish.
  public static func sessionEnded(_ caller: Caller, _ end: EndedSession) -> AuditRecord {
    let (word, isOrderly, explanation): (AuditWord, Bool, String?) =
      switch end.cause {
      case .clientGone: (.clientGone, true, nil)
      case .idle: (.idle, true, nil)
      case .draining: (.draining, true, nil)
      case .stopped: (.stopped, true, nil)
      case .authenticationTimeout: (.timedOut, false, nil)
      case .tooManyAttempts: (.tooManyAttempts, false, nil)
      case .protocolError: (.protocolError, false, nil)
      case .limit: (.limit, false, nil)
      case .crashed: (.crashed, false, nil)
      case .revoked(let reason): (.revoked, false, reason)
      case .misbehaved(let reason): (.misbehaved, false, reason)
      }
    return AuditRecord(
      type: .userEnd, result: isOrderly ? .success : .failed, address: caller.address, terminal: .ssh,
      fields: [.op(.sessionEnd)] + caller.fields
        + [
          .plain(.cause, word), .number(.duration, end.milliseconds), .number(.calls, end.calls),
        ] + (explanation.map { [.explanation($0)] } ?? []))
  }
}
