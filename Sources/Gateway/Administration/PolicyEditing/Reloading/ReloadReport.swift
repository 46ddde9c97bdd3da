internal import Wire

/// What the broker said to a reload, for people and for programs.
struct ReloadReport {
  private let answer: ControlClient.Answer

  init(_ answer: ControlClient.Answer) {
    self.answer = answer
  }

  /// Whether the policy on disk is the one in force now.
  var isInForce: Bool {
    if case .reloaded = answer.reply { true } else { false }
  }

  /// `policy 3f9c1a7be0d24456 -> 8842d1c9e7a05b31`, and a line of counts.
  var text: String {
    guard case .reloaded(let exchange) = answer.reply else { return "" }
    let (before, after) = (exchange.before.prefix(16), exchange.after.prefix(16))
    return exchange.before == exchange.after
      ? "policy \(after) unchanged\n\(exchange.counts)\n"
      : "policy \(before) -> \(after)\n\(exchange.counts)\n"
  }

  /// Every diagnostic as a person is shown it.
  var findings: String {
    let shown = answer.findings.findings.map { String(decoding: $0.shown, as: UTF8.self) }.joined()
    let omitted = answer.findings.omitted
    return TerminalText.safe(shown)
      + (omitted == 0 ? "" : "and \(omitted) more: keyhole policy check shows all\n")
  }

  /// What is wrong, when something is.
  var complaint: (cause: String, hint: String)? {
    switch answer.reply {
    case .reloaded(let exchange):
      exchange.isRecorded ? nil : Self.unrecorded
    case .kept(let policy):
      (
        policy.reason.isEmpty
          ? "\(counted(policy.errors(among: answer.findings), "error")): policy \(policy.digest.prefix(16)) stays in force"
          : "policy \(policy.digest.prefix(16)) stays in force: \(policy.reason)",
        policy.isRecorded ? "mend it and reload again" : Self.unrecorded.hint
      )
    case .failed(let reason, let hint): (reason, hint)
    case .status:
      (
        "the broker answered something else than was asked",
        "keyhole and keyhole-broker must be of one version"
      )
    }
  }

  private static let unrecorded = (
    cause: "the audit trail has no record of this reload",
    hint: "`keyhole doctor` says whether records arrive; calls without a record do not run"
  )

  var json: JSONValue {
    switch answer.reply {
    case .reloaded(let exchange):
      [
        "outcome": .text(exchange.before == exchange.after ? "unchanged" : "reloaded"),
        "before": .text(exchange.before), "after": .text(exchange.after),
        "recorded": .bool(exchange.isRecorded), "commands": exchange.commands.json,
        "secrets": exchange.secrets.json, "public": exchange.publicTrees.json, "roles": exchange.roles.json,
        "agents": exchange.agents.json, "diagnostics": .list(answer.findings.findings.map(\.json)),
        "omitted": .number(Int(answer.findings.omitted)),
      ]
    case .kept(let policy):
      [
        "outcome": .text("refused"), "before": .text(policy.digest), "after": .text(policy.digest),
        "recorded": .bool(policy.isRecorded), "reason": .text(policy.reason),
        "diagnostics": .list(answer.findings.findings.map(\.json)),
        "omitted": .number(Int(answer.findings.omitted)),
      ]
    case .failed(let reason, let hint):
      ["outcome": .text("failed"), "reason": .text(reason), "hint": .text(hint)]
    case .status:
      ["outcome": .text("failed"), "reason": .text("not the answer to this question"), "hint": .text("")]
    }
  }

  static func json(_ failure: ControlFailure) -> JSONValue {
    ["outcome": .text("failed"), "reason": .text(failure.message), "hint": .text(failure.hint)]
  }
}

extension KeptPolicy {
  fileprivate func errors(among findings: PolicyFindings) -> UInt32 {
    self.findings - min(self.findings, UInt32(clamping: findings.findings.count { $0.severity == .warning }))
  }
}

extension PolicyExchange {
  /// `142 -> 143 commands (1 new, 2 changed), 960 secrets, 36 public trees, 5 roles, 3 agents`
  fileprivate var counts: String {
    [
      commands.words("command"), secrets.words("secret"), publicTrees.words("public tree"),
      roles.words("role"),
      agents.words("agent"),
    ].joined(separator: ", ")
  }
}

extension PartChange {
  fileprivate func words(_ name: String) -> String {
    let numbers = before == after ? "" : "\(before) -> "
    let changes = [(added, "new"), (removed, "gone"), (changed, "changed")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)" }
    return numbers + counted(after, name)
      + (changes.isEmpty ? "" : " (\(changes.joined(separator: ", ")))")
  }

  fileprivate var json: JSONValue {
    [
      "before": .number(Int(before)), "after": .number(Int(after)), "added": .number(Int(added)),
      "removed": .number(Int(removed)), "changed": .number(Int(changed)),
    ]
  }
}

extension PolicyFinding {
  var json: JSONValue {
    [
      "severity": .text(severity == .error ? "error" : "warning"),
      "file": .text(String(decoding: file, as: UTF8.self)), "line": .number(Int(line)),
      "column": .number(Int(column)), "message": .text(message), "hint": .text(hint),
    ]
  }
}
