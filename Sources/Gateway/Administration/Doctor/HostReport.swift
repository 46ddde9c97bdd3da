internal import BrokerSettings
internal import SettingsFile

/// The findings of all checks, as a table.
struct HostReport {
  let findings: [(name: String, finding: Finding)]

  init(checks: [any HostCheck]) {
    findings = checks.map { ($0.name, $0.examine()) }
  }

  /// Everything that the gateway needs, from the kernel up.
  ///
  /// A configuration that cannot be read is a finding, and the rest is then held against the defaults.
  /// Agents come in through the host's sshd, through the embedded server, or both: only what is set up is looked at.
  static func checks(
    configurationFile: String, serverFile: String = "/etc/keyhole/sshd.yaml"
  ) -> [any HostCheck] {
    let configuration = Result { () throws(ConfigurationError) in
      try BrokerConfiguration(file: configurationFile)
    }
    let settings = (try? configuration.get()) ?? BrokerConfiguration()
    let embedded = EmbeddedServerChecks.all(
      configurationFile: serverFile, broker: settings.sessionSocket)
    let server = ServerConfigurationCheck()
    let openSSH: [any HostCheck] = [ProgramCheck(path: "/usr/lib/keyhole/keyhole-shell"), server]
    let fronts = (embedded.isEmpty || HostFile.status(server.file) != nil ? openSSH : []) + embedded
    let basis: [any HostCheck] = [
      LandlockCheck(), SystemCallNotificationCheck(), TracingScopeCheck(), ControlGroupCheck(),
      AuditCheck(demand: settings.audit),
      AccountCheck(account: "diag"), AccountCheck(account: "diag-exec"),
      ProgramCheck(path: "/usr/lib/keyhole/keyhole-broker"), ProgramCheck(path: settings.executor),
      ConfigurationCheck(file: configurationFile, outcome: configuration),
      PolicyCheck(directory: settings.policy), BrokerSocketCheck(socket: settings.socket),
    ]
    return basis + fronts
  }

  var isComplete: Bool { !findings.contains { $0.finding.state == .missing } }

  var text: String {
    let width = findings.map(\.name.utf8.count).max() ?? 0
    return findings.map { name, finding in
      let padding = String(repeating: " ", count: width - name.utf8.count)
      let state =
        finding.state.rawValue + String(repeating: " ", count: 7 - finding.state.rawValue.utf8.count)
      let remedy =
        finding.remedy.isEmpty ? "" : "\(String(repeating: " ", count: 9))hint: \(finding.remedy)\n"
      return "\(state)  \(name)\(padding)  \(finding.detail)\n\(remedy)"
    }.joined()
  }
}
