/// One call as its records tell it: the decision, the accesses that were refused, and the end.
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

  /// 16 hexadecimal digits.
  public let id: String
  /// The machine that wrote the records, where its name stands in them.
  public let host: String?
  /// nil when the key belongs to no agent.
  public let agent: String?
  /// The fingerprint of the agent's key.
  public let key: String?
  /// The client's.
  public let address: String?
  /// nil for the host itself.
  public let vm: String?
  /// The connection of the embedded server.
  public let session: String?

  /// When the line was judged, in milliseconds since 1970; nil when no record of that was read.
  public internal(set) var decided: Int64?
  /// nil when no record of the decision was read.
  public internal(set) var verdict: Verdict?
  /// The digest of the policy that judged.
  public internal(set) var policy: String?
  public internal(set) var rules: [String] = []
  /// nil when the client asked for a shell.
  public internal(set) var line: [UInt8]?
  /// How long the line was, where the record has only its beginning.
  public internal(set) var lineLength: Int?
  /// Why it was refused.
  public internal(set) var reason: String?
  public internal(set) var accesses: [Access] = []
  /// nil for a refused call, and for one that runs or whose end was never written.
  public internal(set) var end: End?

  /// When the first of its records was written, in milliseconds since 1970.
  public internal(set) var time: Int64

  /// Whether an end is missing: the call runs, or its record was lost.
  public var isOpen: Bool { verdict != .refused && end == nil }
}
