internal import AuditTrail
internal import Kernel
internal import Policy
internal import PolicyFiles
internal import SecretPaths
internal import Wire

/// The table of what administrators may ask, and what answers it.
struct ControlRequests: Sendable {
  let services: BrokerServices
  let slots: CallSlots
  let reload: PolicyReload

  struct Answer {
    var reply: ControlReply
    var findings: PolicyFindings

    init(_ reply: ControlReply, _ findings: PolicyFindings = PolicyFindings()) {
      self.reply = reply
      self.findings = findings
    }
  }

  func answer(_ request: ControlRequest, from peer: MessageSocket.Peer) -> Answer {
    switch request {
    case .reload: reloadPolicy(for: peer)
    case .status: Answer(.status(status))
    }
  }

  private func reloadPolicy(for peer: MessageSocket.Peer) -> Answer {
    let requester = LoadRequester.administrator(
      user: peer.user.rawValue, login: LoginUser.of(peer.process)?.rawValue)
    switch reload.run(for: requester) {
    case .exchanged(let old, let new, let warnings, let isRecorded):
      let findings = PolicyFindings(warnings)
      return Answer(
        .reloaded(
          PolicyExchange(
            from: old.policy, to: new.policy, isRecorded: isRecorded,
            warnings: UInt32(clamping: warnings.count))),
        findings)
    case .kept(let force, let diagnostics, let reason, let isRecorded):
      return Answer(
        .kept(
          KeptPolicy(
            digest: force.policy.digest, reason: reason, isRecorded: isRecorded,
            findings: UInt32(clamping: diagnostics.count))), PolicyFindings(diagnostics))
    }
  }

  private var status: BrokerStatus {
    let force = services.policy.current
    let policy = force.policy
    return BrokerStatus(
      policyDirectory: Array(services.policy.directory.utf8), digest: policy.digest,
      commands: UInt32(clamping: policy.commands.count),
      secrets: UInt32(clamping: policy.secrets.entries.count),
      publicTrees: UInt32(clamping: policy.publicTrees.count), roles: UInt32(clamping: policy.roles.count),
      agents: UInt32(clamping: policy.agents.count), loadedAt: force.loadedAt,
      startedAt: services.startedAt, runningCalls: UInt32(clamping: slots.taken),
      mostCalls: UInt32(clamping: slots.count), recordsCalls: services.audit.isRecording,
      sessions: UInt32(clamping: services.presences.count(.session)))
  }
}

extension PolicyFindings {
  init(_ diagnostics: [Diagnostic]) {
    self.init()
    for diagnostic in diagnostics { add(PolicyFinding(diagnostic)) }
  }
}

extension PolicyFinding {
  init(_ diagnostic: Diagnostic) {
    self.init(
      severity: diagnostic.severity == .error ? .error : .warning,
      file: Array(diagnostic.location.file.utf8.prefix(WireLimit.path)),
      line: UInt32(clamping: diagnostic.location.line), column: UInt32(clamping: diagnostic.location.column),
      message: diagnostic.message, hint: diagnostic.hint,
      shown: Array(diagnostic.description.utf8.prefix(WireLimit.shownFinding)))
  }
}
