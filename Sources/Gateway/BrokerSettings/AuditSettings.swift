internal import SettingsFile
internal import Yams

/// What broker.yaml demands of the audit trail. docs/audit.md, "When the trail is not available"
public struct AuditSettings: Equatable, Sendable {
  /// Whether nothing runs without an audit daemon that writes.
  public var demandsDaemon = false
  /// Whether each record must be seen to come out of the kernel.
  public var confirms = false
  /// The daemon's own configuration, which names its log. auditd.conf(5)
  public var daemonConfiguration = "/etc/audit/auditd.conf"

  public init() {}
}

extension BrokerConfiguration.Audit {
  private static let keys = ["daemon", "confirm", "daemon-config"]
  private static let example = "such as `audit: required` or `audit: {daemon: required, confirm: true}`"

  /// `required`, `off`, or a mapping with what else is demanded.
  init(_ node: Node, _ reader: SettingsReader) throws(ConfigurationError) {
    guard node.mapping != nil else {
      // YAML reads a bare `off` as a boolean; as text it is what was written.
      self = try reader.choice(node, ["required", "off"]) == "off" ? .off : .required
      return
    }
    var settings = AuditSettings()
    for (key, value) in try reader.pairs(node, Self.example) {
      switch key.string {
      case "daemon": settings.demandsDaemon = try reader.choice(value, ["any", "required"]) == "required"
      case "confirm": settings.confirms = try reader.choice(value, ["true", "false"]) == "true"
      case "daemon-config": settings.daemonConfiguration = try reader.path(value)
      default: throw reader.unknown(key, known: Self.keys)
      }
    }
    self = .recorded(settings)
  }
}
