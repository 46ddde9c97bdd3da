internal import Policy

/// Judges the examples that stand with each command: what `allow` lists must be allowed, what `deny` lists refused.
struct ExampleCheck {
  let policy: Policy
  let files: [SourceFile]

  var diagnostics: [Diagnostic] {
    policy.commands.values.flatMap { rule in
      contradictions(in: rule) + rule.allow.compactMap { allowed($0) }
        + rule.deny.compactMap { denied($0, rule) }
    }
  }

  private func allowed(_ example: Example) -> Diagnostic? {
    guard case .refused(let refusal) = judge(example) else { return nil }
    return diagnostic(
      example, "this line must be allowed and is refused: \(refusal.reason)",
      hint: refusal.hint.isEmpty ? "change the rule, or move the line to `deny`" : refusal.hint)
  }

  private func denied(_ example: Example, _ rule: CommandRule) -> Diagnostic? {
    // A line stands under both: that is said once, as a contradiction.
    if rule.allow.contains(where: { $0.line == example.line }) { return nil }
    guard case .allowed = judge(example) else { return nil }
    return diagnostic(
      example, "this line must be refused and is allowed",
      hint: "narrow the rule, or move the line to `allow`")
  }

  private func contradictions(in rule: CommandRule) -> [Diagnostic] {
    rule.deny.compactMap { denied in
      rule.allow.first { $0.line == denied.line }.map { allowed in
        diagnostic(
          denied, "this line stands under both `allow` and `deny`",
          hint: "the other place is \(allowed.location)")
      }
    }
  }

  private func judge(_ example: Example) -> Verdict {
    policy.judge(parsing: example.line, agent: nil, assumingInstalled: true)
  }

  private func diagnostic(_ example: Example, _ message: String, hint: String) -> Diagnostic {
    Diagnostic(
      location: example.location, message: message, hint: hint,
      sourceLine: files.first { $0.path == example.location.file }?.line(example.location.line))
  }
}
