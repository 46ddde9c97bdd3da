/// What else an administrator demands of the trail before anything runs.
public struct AuditDemands: Equatable, Sendable {
  /// auditd's own configuration, which names its log; nil when no daemon is demanded.
  public var daemonConfiguration: String?
  /// Whether each record must be seen to come out of the kernel. audit(7), AUDIT_NLGRP_READLOG
  public var confirmation: Bool

  public init(daemonConfiguration: String? = nil, confirmation: Bool = false) {
    self.daemonConfiguration = daemonConfiguration
    self.confirmation = confirmation
  }
}
