internal import AuditSchema

/// One call as its records tell it: the decision, the accesses that were refused, and the end.
///
/// It holds the records; what they say is decoded when it is asked for.
public struct AuditedCall: Equatable, Sendable {
  /// What the policy said of the line.
  public enum Verdict: String, Equatable, Sendable, CaseIterable {
    case allowed, refused
  }

  public struct Access: Equatable, Sendable {
    /// `open`, `connect` or `write`.
    public let kind: String
    /// The path or address, whole or cut.
    public let name: [UInt8]
    public let reason: String?
    /// In milliseconds since 1970.
    public let time: Int64
  }

  public struct End: Equatable, Sendable {
    /// In milliseconds since 1970.
    public let time: Int64
    /// Such as `exited`: docs/audit.md.
    public let cause: String
    public let status: Int
    public let milliseconds: UInt64
    /// Of standard output and standard error.
    public let bytesOut: UInt64
    /// All refused accesses, more than there are records of.
    public let refusals: UInt64
    public let reason: String?
  }

  /// More records of refused accesses than any broker writes for a call.
  static let mostAccesses = 64

  /// 16 hexadecimal digits.
  public let id: String
  /// The first that was read; all of them name the caller.
  let first: AuditEntry
  var decision: AuditEntry?
  var refusedAccesses: [AuditEntry] = []
  var ending: AuditEntry?

  init(_ id: String, _ first: AuditEntry) {
    self.id = id
    self.first = first
  }

  /// The machine that wrote the records, where its name stands in them.
  public var host: String? { first.node }
  /// nil when the key belongs to no agent.
  public var agent: String? { first.agent }
  /// The fingerprint of the agent's key.
  public var key: String? { first.key }
  /// The client's.
  public var address: String? { first.address }
  /// nil for the host itself.
  public var vm: String? { first.text(.vm) }
  /// The connection of the embedded server.
  public var session: String? { first.text(.session) }

  /// When the line was judged, in milliseconds since 1970; nil when no record of that was read.
  public var decided: Int64? { decision?.time }
  /// nil when no record of the decision was read.
  public var verdict: Verdict? {
    guard let decision else { return nil }
    return decision.text(.verdict) == "refused" ? .refused : .allowed
  }
  /// The digest of the policy that judged.
  public var policy: String? { decision?.text(.policy) }
  public var rules: [String] { decision?.text(.rule)?.split(separator: ":").map(String.init) ?? [] }
  /// nil when the client asked for a shell.
  public var line: [UInt8]? { decision?.bytes(.cmd) }
  /// How long the line was, where the record has only its beginning.
  public var cutLineLength: Int? { decision?.number(.commandBytes).map { Int(clamping: $0) } }
  /// How long the line was.
  public var lineLength: Int? { cutLineLength ?? line?.count }
  /// Why it was refused.
  public var reason: String? { decision?.text(.info) }
  public var accesses: [Access] {
    refusedAccesses.map {
      Access(
        kind: $0.operation.refusedKind, name: $0.bytes(.name) ?? [], reason: $0.text(.info), time: $0.time)
    }
  }
  /// How many refused accesses have a record.
  public var accessCount: Int { refusedAccesses.count }
  /// nil for a refused call, and for one that runs or whose end was never written.
  public var end: End? {
    ending.map {
      End(
        time: $0.time, cause: $0.text(.cause) ?? "?", status: Int(clamping: $0.number(.status) ?? 0),
        milliseconds: $0.number(.duration) ?? 0, bytesOut: $0.number(.bytes) ?? 0,
        refusals: $0.number(.refusals) ?? 0,
        reason: $0.text(.info))
    }
  }

  /// When the first of its records was written, in milliseconds since 1970.
  public var time: Int64 { first.time }

  /// Whether an end is missing: the call runs, or its record was lost.
  public var isOpen: Bool { verdict != .refused && ending == nil }
}

extension AuditOperation {
  /// `open` of `keyhole:refused-open`.
  fileprivate var refusedKind: String {
    switch self {
    case .refusedConnect: "connect"
    case .refusedWrite: "write"
    default: "open"
    }
  }
}
