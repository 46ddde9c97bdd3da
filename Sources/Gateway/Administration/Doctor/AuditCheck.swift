internal import AuditTrail
internal import BrokerSettings
internal import Kernel

/// The audit system, without which no command runs.
struct AuditCheck: HostCheck {
  let name = "audit"
  let demand: BrokerConfiguration.Audit

  func examine() -> Finding {
    guard case .recorded(let settings) = demand else {
      return .warning(
        "switched off by configuration: commands run without a record",
        remedy: "remove `audit: off` from broker.yaml")
    }
    guard UserID.effective == .root else {
      return .warning("its state is shown to root only", remedy: "run `keyhole doctor` as root")
    }
    do throws(AuditError) {
      let status = try AuditTrail.kernelStatus()
      guard status.isEnabled else {
        return .missing(
          "switched off in the kernel: records would vanish", remedy: "auditctl -e 1, and boot with audit=1")
      }
      guard let daemon = status.daemon else {
        if settings.demandsDaemon {
          return .missing(
            "enabled, and auditd does not run, which broker.yaml demands: nothing runs",
            remedy: "systemctl enable --now auditd")
        }
        return .warning(
          "enabled, and auditd does not run: records go to the kernel log",
          remedy: "systemctl enable --now auditd")
      }
      if status.backlogLimit > 0, status.backlog >= status.backlogLimit {
        return .missing(
          "\(status.backlog) records wait for auditd, process \(daemon), and \(status.backlogLimit) are the limit: nothing runs",
          remedy: "systemctl status auditd; a larger backlog: auditctl -b 8192")
      }
      if status.lost > 0 {
        return .warning(
          "enabled, auditd runs as process \(daemon), \(status.lost) records lost since boot",
          remedy: "a larger backlog: auditctl -b 8192 (now \(status.backlogLimit))")
      }
      return .ok("enabled, auditd runs as process \(daemon)" + demands(settings))
    } catch {
      return .missing(error.message, remedy: error.hint)
    }
  }

  /// What else broker.yaml demands.
  private func demands(_ settings: AuditSettings) -> String {
    (settings.demandsDaemon ? "; calls need it to write to its log" : "")
      + (settings.confirms ? "; each record is confirmed" : "")
  }
}
