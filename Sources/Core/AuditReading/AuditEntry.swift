public import AuditSchema

/// A record that Keyhole's broker wrote to the audit trail, read back from the log. docs/audit.md lists the fields.
public struct AuditEntry: Equatable, Sendable {
  /// The machine's name, where auditd is told to write it (`name_format` of auditd.conf(5)).
  public let node: String?
  public let operation: AuditOperation
  /// When it was written, in milliseconds since 1970.
  public let time: Int64
  /// The number of the event, unique together with the time.
  public let serial: UInt64
  /// The fields that the broker wrote, in their order, decoded; `op` is among them.
  public let fields: [Field]
  /// The client's address, nil when there is none.
  public let address: String?
  /// Whether `res` is `success`.
  public let isSuccess: Bool

  public struct Field: Equatable, Sendable {
    public let name: String
    public let value: [UInt8]

    public init(name: String, value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  init(
    node: String?, operation: AuditOperation, time: Int64, serial: UInt64, fields: [Field], address: String?,
    isSuccess: Bool
  ) {
    self.node = node
    self.operation = operation
    self.time = time
    self.serial = serial
    self.fields = fields
    self.address = address
    self.isSuccess = isSuccess
  }

  /// The bytes of a field; nil when the record does not have it.
  public func bytes(_ name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }

  /// A field as text; bytes that are no UTF-8 are replaced.
  public func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

  /// The agent's name, nil when the key belonged to none.
  public var agent: String? { text("acct").flatMap { $0 == "?" ? nil : $0 } }
}
