public import SettingsFile
internal import Yams

/// What an administrator sets in broker.yaml. docs/operations.md describes each key.
public struct BrokerConfiguration: Equatable, Sendable {
  public enum Audit: Equatable, Sendable {
    /// Nothing runs unrecorded.
    case recorded(AuditSettings)
    /// For hosts without audit: commands run and leave no trace.
    case off

    public static let required = Audit.recorded(AuditSettings())
  }

  /// The policy's directory.
  public var policy = "/etc/keyhole/policy"
  /// Where fronts connect, unless the service manager passes a socket.
  public var socket = "/run/keyhole/broker.sock"
  /// Where the embedded server's connections reach the broker; nil for the name `sessions.sock` beside `socket`.
  public var sessions: String?
  /// Where an administrator reaches the running broker; nil for the name `control` beside `socket`.
  public var control: String?
  /// The keyhole-exec program.
  public var executor = "/usr/lib/keyhole/keyhole-exec"
  /// Users whose processes may connect, by name or number.
  public var peers = ["diag"]
  public var audit = Audit.required
  /// Where the broker keeps what it must know of the audit trail after a crash.
  public var auditState = "/var/lib/keyhole/audit.state"
  /// Calls in flight at most.
  public var calls = 256
  /// The first of as many uids as there may be calls; each running call has one to itself.
  public var firstUser: UInt32 = 1_879_100_000
  /// The group of every call.
  public var group = "diag-exec"
  /// Of swift-log, such as `info` or `debug`.
  public var log = "info"

  public init() {}

  /// ``control``, or what it is without one.
  public var controlSocket: String { control ?? besideSocket("control") }

  /// ``sessions``, or what it is without one.
  public var sessionSocket: String { sessions ?? besideSocket("sessions.sock") }

  private func besideSocket(_ name: String) -> String {
    socket.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
      + name
  }
}

extension BrokerConfiguration {
  /// Reads a file; keys that are absent keep their defaults, and unknown ones are errors.
  public init(file: String) throws(ConfigurationError) {
    try self.init(parsing: try SettingsReader.text(ofFile: file), file: file)
  }

  init(parsing text: String, file: String) throws(ConfigurationError) {
    self.init()
    let reader = SettingsReader(file: file)
    for (key, value) in try reader.pairs(ofFile: text, "such as `policy: /etc/keyhole/policy`") {
      try set(key, value, reader)
    }
  }

  private static let keys = [
    "policy", "socket", "sessions", "control", "exec", "peers", "audit", "audit-state", "calls", "first-uid",
    "group", "log",
  ]

  private mutating func set(
    _ key: Node, _ value: Node, _ reader: SettingsReader
  ) throws(ConfigurationError) {
    switch key.string {
    case "policy": policy = try reader.path(value)
    case "socket": socket = try reader.path(value)
    case "sessions": sessions = try reader.path(value)
    case "control": control = try reader.path(value)
    case "exec": executor = try reader.path(value)
    case "peers": peers = try names(value, reader)
    case "group": group = try reader.text(value)
    case "calls": calls = try reader.number(value, 1...4096)
    case "first-uid": firstUser = UInt32(try reader.number(value, 1000...4_294_900_000))
    case "log":
      log = try reader.choice(value, ["trace", "debug", "info", "notice", "warning", "error", "critical"])
    case "audit": audit = try Audit(value, reader)
    case "audit-state": auditState = try reader.path(value)
    default:
      throw reader.unknown(key, known: Self.keys)
    }
  }

  private func names(_ node: Node, _ reader: SettingsReader) throws(ConfigurationError) -> [String] {
    guard let items = node.sequence, !items.isEmpty else {
      throw reader.error(at: node, "a list of user names is expected", "such as `peers: [diag]`")
    }
    var names: [String] = []
    for item in items { names.append(try reader.text(item)) }
    return names
  }
}
