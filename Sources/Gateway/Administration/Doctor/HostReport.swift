/// The findings of all checks, as a table.
struct HostReport {
  let findings: [(name: String, finding: Finding)]

  init(checks: [any HostCheck]) {
    findings = checks.map { ($0.name, $0.examine()) }
  }

  /// Everything that the gateway needs, from the kernel up.
  static func checks(policy: String) -> [any HostCheck] {
    [
      LandlockCheck(), SystemCallNotificationCheck(), ControlGroupCheck(), AuditCheck(),
      AccountCheck(account: "diag"), AccountCheck(account: "diag-exec"),
      ProgramCheck(program: "keyhole-shell"),
      ProgramCheck(program: "keyhole-exec"), ProgramCheck(program: "keyhole-broker"),
      ServerConfigurationCheck(),
      PolicyCheck(directory: policy), BrokerSocketCheck(),
    ]
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
