internal import CommandGrammar
internal import Policy
internal import SecretPaths

/// A line, how it was read, and what the policy says of it.
struct LineExplanation {
  let policy: Policy
  let asker: Asker
  let bytes: [UInt8]
  /// Nil when the line is not in the grammar.
  let line: CommandLine?
  let verdict: Verdict
  /// Where in the line the refusal is, when that is known.
  let place: RefusalPlace?

  /// As the broker: the bytes are parsed once, and the tree is judged.
  init(_ bytes: [UInt8], policy: Policy, asker: Asker) {
    self.policy = policy
    self.asker = asker
    self.bytes = bytes
    do throws(SyntaxError) {
      let line = try CommandLine(parsing: bytes)
      self.line = line
      if case .agent(let agent) = asker, agent.isSuspended {
        verdict = .refused(.suspended(agent))
        place = nil
      } else {
        verdict = policy.judge(line, agent: asker.agent)
        place = RefusalPlace(of: verdict, in: line) { policy.judge($0, agent: asker.agent) }
      }
    } catch {
      line = nil
      verdict = .refused(Refusal(error))
      place = RefusalPlace(step: nil, stage: nil, offset: error.offset)
    }
  }

  /// Steps and stages of the line in order, each with what was judged of it if it was.
  var stages: [ExplainedStage] {
    guard let line else { return [] }
    var judged: JudgedLine?
    if case .allowed(let allowed) = verdict { judged = allowed }
    var result: [ExplainedStage] = []
    for (stepIndex, step) in line.steps.enumerated() {
      for (stageIndex, stage) in step.stages.enumerated() {
        let judgedStage = judged?.steps[stepIndex].stages[stageIndex]
        result.append(
          ExplainedStage(
            number: result.count + 1,
            joint: stageIndex > 0 ? .pipe : stepIndex == 0 ? .first : .step(step.condition), stage: stage,
            judged: judgedStage, rule: judgedStage.flatMap { policy.commands[$0.rule] },
            isRefused: place?.step == stepIndex && place?.stage == stageIndex))
      }
    }
    return result
  }
}

// MARK: Text

extension LineExplanation {
  var text: String {
    var text = ""
    if let line { text += "line: \(line)\n" }
    text += "for: \(asker.description)\(roles)\n"
    switch verdict {
    case .allowed(let judged):
      text += "allowed\n" + stages.map(\.text).joined()
      if stages.count > 1 { text += "\nlimits of the line: \(judged.limits)\n" }
    case .refused(let refusal):
      text += "refused: \(refusal.reason)\n"
      if let place { text += LineExcerpt(bytes, offset: place.offset).text }
      text += "rule: \(refusal.rule)" + (refusal.location.map { " at \($0)" } ?? "") + "\n"
      if !refusal.hint.isEmpty { text += "hint: \(refusal.hint)\n" }
      if stages.count > 1 { text += "\n" + stages.map(\.text).joined() }
    }
    return text
  }

  private var roles: String {
    guard case .agent(let agent) = asker else { return "" }
    return agent.roles.isEmpty ? " (no roles)" : " (roles: \(agent.roles.joined(separator: ", ")))"
  }
}

// MARK: JSON

extension LineExplanation {
  var json: JSONValue {
    var refusalJSON = JSONValue.null
    var limits = JSONValue.null
    switch verdict {
    case .allowed(let line): limits = line.limits.json
    case .refused(let refusal): refusalJSON = refusal.json(offset: place?.offset)
    }
    return [
      "line": .text(String(decoding: bytes, as: UTF8.self)), "canonical": .optional(line?.description),
      "target": .optional(line?.target), "for": asker.json,
      "verdict": .text(refusalJSON == .null ? "allowed" : "refused"),
      "status": .number(Int(verdict.exitStatus)), "refusal": refusalJSON, "limits": limits,
      "stages": .list(stages.map(\.json)),
    ]
  }
}

extension Refusal {
  func json(offset: Int? = nil) -> JSONValue {
    let kind =
      switch kind {
      case .syntax: "syntax"
      case .unknownCommand: "unknown-command"
      case .notAllowed: "not-allowed"
      case .secret: "secret"
      }
    return [
      "kind": .text(kind), "rule": .text(rule), "place": .optional(location?.description),
      "reason": .text(reason), "hint": .text(hint), "offset": offset.map { .number($0) } ?? .null,
    ]
  }
}
