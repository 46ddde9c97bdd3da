internal import AuditSchema

/// How a call ended, as the end record has it.
public struct EndedCall: Equatable, Sendable {
  public enum Cause: Equatable, Sendable {
    case exited
    case signaled
    case timedOut
    case outputLimit
    /// The client went away, and what ran was killed.
    case clientGone
    /// The agent may no longer be there, and what ran was killed.
    case revoked(String)
    /// The sandbox refused before anything ran, such as what a glob gave.
    case refused(String)
    /// Keyhole itself could not.
    case failed(String)
    /// The broker ended before the call's end was recorded; written at the next start, with what is known.
    case lost(String)
  }

  public var cause: Cause
  /// The exit status that the client was told.
  public var status: UInt8
  public var milliseconds: UInt64
  /// Of standard output and standard error, handed over.
  public var bytesOut: UInt64
  /// Refused accesses, recorded one by one or not.
  public var refusals: UInt32

  public init(cause: Cause, status: UInt8, milliseconds: UInt64, bytesOut: UInt64, refusals: UInt32) {
    self.cause = cause
    self.status = status
    self.milliseconds = milliseconds
    self.bytesOut = bytesOut
    self.refusals = refusals
  }
}

/// What a command wanted and did not get.
public enum RefusedOperation: Equatable, Sendable, CaseIterable {
  case open
  case connect
  case write
}

extension AuditRecord {
  /// `res=success` when the command exited by itself, whatever its status.
  static func end(call: CallID, caller: Caller, _ end: EndedCall) -> AuditRecord {
    let (cause, explanation): (AuditWord, String?) =
      switch end.cause {
      case .exited: (.exited, nil)
      case .signaled: (.signaled, nil)
      case .timedOut: (.timedOut, nil)
      case .outputLimit: (.outputLimit, nil)
      case .clientGone: (.clientGone, nil)
      case .revoked(let reason): (.revoked, reason)
      case .refused(let reason): (.refused, reason)
      case .failed(let reason): (.failed, reason)
      case .lost(let reason): (.lost, reason)
      }
    return AuditRecord(
      type: .userCommand, result: cause == .exited ? .success : .failed, address: caller.address,
      terminal: .ssh,
      fields: [.op(.end), .plain(.call, AuditToken(call))] + caller.fields
        + [
          .plain(.cause, cause), .number(.status, UInt64(end.status)), .number(.duration, end.milliseconds),
          .number(.bytes, end.bytesOut), .number(.refusals, UInt64(end.refusals)),
        ] + (explanation.map { [.explanation($0)] } ?? []))
  }

  /// `path` is the resolved path when there is one, the requested one otherwise.
  public static func refusedAccess(
    call: CallID, caller: Caller, _ operation: RefusedOperation, path: [UInt8], reason: String
  ) -> AuditRecord {
    let subject: AuditOperation =
      switch operation {
      case .open: .refusedOpen
      case .connect: .refusedConnect
      case .write: .refusedWrite
      }
    return AuditRecord(
      type: .refusedFileAccess, result: .failed, address: caller.address, terminal: .ssh,
      fields: [.op(subject), .plain(.call, AuditToken(call))] + caller.fields
        + [
          AuditField(.name, .cuttable(path, bytes: path.count, countedBy: .nameBytes)), .explanation(reason),
        ])
  }
}
