internal import CommandGrammar
internal import Policy

/// Judges the examples that stand with each command: what `allow` lists must be allowed, what `deny` lists refused.
struct ExampleCheck {
  let policy: Policy
  let files: [SourceFile]

  var diagnostics: [Diagnostic] {
    policy.commands.values.flatMap { rule in
      let allowed = Dictionary(rule.allow.map { ($0.line, $0.location) }) { first, _ in first }
      return rule.allow.flatMap { check(allowed: $0, rule) }
        + rule.deny.flatMap { example in
          if let place = allowed[example.line] {
            return [
              diagnostic(
                example, "this line stands under both `allow` and `deny`", hint: "the other place is \(place)"
              )
            ]
          }
          return check(denied: example, rule)
        }
    }
  }

  private func check(allowed example: Example, _ rule: CommandRule) -> [Diagnostic] {
    let (verdict, line) = judge(example)
    if case .refused(let refusal) = verdict {
      return [
        diagnostic(
          example, "this line must be allowed and is refused: \(refusal.reason)",
          hint: refusal.hint.isEmpty ? "change the rule, or move the line to `deny`" : refusal.hint)
      ]
    }
    return strayed(example, line, rule)
  }

  private func check(denied example: Example, _ rule: CommandRule) -> [Diagnostic] {
    let (verdict, line) = judge(example)
    guard case .refused(let refusal) = verdict else {
      return [
        diagnostic(
          example, "this line must be refused and is allowed",
          hint: "narrow the rule, or move the line to `allow`")
      ]
    }
    let strayed = strayed(example, line, rule)
    if !strayed.isEmpty { return strayed }
    let isOwn = refusal.kind == .secret || refusal.kind == .notAllowed && refusal.rule == rule.name
    return isOwn
      ? []
      : [
        diagnostic(
          example, severity: .warning,
          "this line tests nothing of \(rule.name): it is refused since \(refusal.reason)",
          hint: "write a line that \(rule.name)'s own rule refuses")
      ]
  }

  /// A warning for a line in which the command is never named.
  private func strayed(_ example: Example, _ line: CommandLine?, _ rule: CommandRule) -> [Diagnostic] {
    guard let line else { return [] }
    func names(_ isSought: (String) -> Bool) -> Bool {
      line.steps.contains { $0.stages.contains { $0.words[0].text.map(isSought) == true } }
    }
    // `explain` and its like name the command as an operand.
    if names({ $0 == rule.name }) || names({ BuiltIn(rawValue: $0) != nil }) { return [] }
    return [
      diagnostic(
        example, severity: .warning, "\(rule.name) does not occur in this line",
        hint: "move it to the command that it tests")
    ]
  }

  private func judge(_ example: Example) -> (verdict: Verdict, line: CommandLine?) {
    do throws(SyntaxError) {
      let line = try CommandLine(parsing: example.line.utf8)
      return (policy.judge(line, agent: nil, assumingInstalled: true), line)
    } catch {
      return (.refused(Refusal(error)), nil)
    }
  }

  private func diagnostic(
    _ example: Example, severity: Diagnostic.Severity = .error, _ message: String, hint: String
  ) -> Diagnostic {
    Diagnostic(
      location: example.location, severity: severity, message: message, hint: hint,
      sourceLine: files.first { $0.path == example.location.file }?.line(example.location.line))
  }
}
