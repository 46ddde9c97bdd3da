internal import AuditSchema

extension AuditRecord {
  /// A policy came into force. `old` is nil at the start of the service.
  public static func policyLoaded(
    _ policy: AuditToken, old: AuditToken?, for requester: LoadRequester
  ) -> AuditRecord {
    policyLoad(policy, old: old, requester, error: nil)
  }

  /// A policy was refused: `kept` stays in force, or there is none.
  public static func policyNotLoaded(
    kept: AuditToken?, for requester: LoadRequester, error: String
  ) -> AuditRecord {
    policyLoad(kept, old: kept, requester, error: error)
  }

  private static func policyLoad(
    _ policy: AuditToken?, old: AuditToken?, _ requester: LoadRequester, error: String?
  ) -> AuditRecord {
    AuditRecord(
      type: .systemConfiguration, result: error == nil ? .success : .failed, address: nil, terminal: .none,
      fields: [
        .op(.policyLoad), .plain(.policy, policy ?? AuditToken(.none)),
        .plain(.oldPolicy, old ?? AuditToken(.none)),
      ] + requester.fields + (error.map { [.explanation($0)] } ?? []))
  }

  /// `unit` names the program, such as `keyhole-broker`.
  static func serviceStarted(unit: AuditToken, policy: AuditToken?, _ start: TrailStart) -> AuditRecord {
    AuditRecord(
      type: .serviceStart, result: .success, address: nil, terminal: .none,
      fields: [
        .op(.start), .plain(.unit, unit), .plain(.policy, policy ?? AuditToken(.none)),
        .plain(.boot, AuditToken(hexadecimal: start.boot)), .plain(.after, start.after),
        .number(.open, UInt64(start.open)),
      ] + unsure(start.unsure) + [.plain(.previous, AuditToken(chain: start.previous))])
  }

  /// The trail can be written again. `missed` records could not be, over so many milliseconds; those of the range `unsure`
  /// may be in it or not.
  static func auditTrouble(
    unit: AuditToken, missed: UInt64, milliseconds: UInt64, unsure range: ClosedRange<UInt64>?,
    reason: String?
  ) -> AuditRecord {
    AuditRecord(
      type: .systemConfiguration, result: .failed, address: nil, terminal: .none,
      fields: [
        .op(.auditTrouble), .plain(.unit, unit), .number(.missed, missed), .number(.duration, milliseconds),
      ] + unsure(range) + (reason.map { [.explanation($0)] } ?? []))
  }

  private static func unsure(_ range: ClosedRange<UInt64>?) -> [AuditField] {
    guard let range else { return [] }
    return [.plain(.unsure, range.count == 1 ? AuditToken(range.lowerBound) : AuditToken(range))]
  }

  /// An `error` says why a service stops that nobody stopped.
  static func serviceStopped(unit: AuditToken, error: String? = nil) -> AuditRecord {
    AuditRecord(
      type: .serviceStop, result: error == nil ? .success : .failed, address: nil, terminal: .none,
      fields: [.op(.stop), .plain(.unit, unit)] + (error.map { [.explanation($0)] } ?? []))
  }
}
