extension AuditOperation {
  /// A place in a record.
  public struct Place: Equatable, Sendable {
    public let name: AuditFieldName
    /// Whether a record may be without it.
    public let isOptional: Bool

    static func must(_ name: AuditFieldName) -> Place { Place(name: name, isOptional: false) }
    static func may(_ name: AuditFieldName) -> Place { Place(name: name, isOptional: true) }
  }

  /// The fields of such a record, in their order. Behind them stand libaudit's own.
  public var layout: [Place] {
    let caller: [Place] = [.must(.acct), .must(.key), .may(.vm), .may(.session)]
    let call: [Place] = [.must(.op), .must(.call)] + caller
    let requester: [Place] = [.must(.by), .may(.admin), .may(.login)]
    let own: [Place] =
      switch self {
      case .decision:
        call + [
          .must(.policy), .must(.verdict), .must(.rule), .may(.cmd), .may(.commandBytes), .may(.info),
        ]
      case .end:
        call + [
          .must(.cause), .must(.status), .must(.duration), .must(.bytes), .must(.refusals), .may(.info),
        ]
      case .refusedOpen, .refusedConnect, .refusedWrite:
        call + [.must(.name), .may(.nameBytes), .may(.info)]
      case .policyLoad: [.must(.op), .must(.policy), .must(.oldPolicy)] + requester + [.may(.info)]
      case .start:
        [
          .must(.op), .must(.unit), .must(.policy), .must(.boot), .must(.after), .must(.open), .may(.unsure),
          .must(.previous),
        ]
      case .stop: [.must(.op), .must(.unit), .may(.info)]
      case .authentication: [.must(.op)] + caller + [.must(.policy), .may(.info)]
      case .sessionEnd:
        [.must(.op)] + caller + [.must(.cause), .must(.duration), .must(.calls), .may(.info)]
      case .agentChange:
        [.must(.op), .must(.acct), .must(.change), .must(.policy)] + requester + [.may(.info)]
      case .auditTrouble:
        [.must(.op), .must(.unit), .must(.missed), .must(.duration), .may(.unsure), .may(.info)]
      }
    // A program that keeps no chain writes neither.
    return own + [.may(.sequence), .may(.chain)]
  }
}
