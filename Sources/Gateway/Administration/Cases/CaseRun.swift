internal import CommandGrammar
internal import Policy
internal import PolicyFiles

/// Cases, judged by a policy.
struct CaseRun {
  struct Outcome {
    var policyCase: PolicyCase
    /// Whether it stands with a command of the policy.
    var isExample: Bool
    var verdict: Verdict?
    /// Nil when the case passes; otherwise why not, and what to do.
    var failure: Failure?
  }

  struct Failure: Equatable {
    var reason: String
    var hint: String
  }

  let policy: Policy
  /// Where no command is disabled: that of a command's own examples, which hold on every host.
  private let whole: Policy
  private(set) var outcomes: [Outcome] = []

  init(policy: Policy) {
    self.policy = policy
    whole = policy.installed { _ in .usable }
  }

  var failures: Int { outcomes.count { $0.failure != nil } }

  /// The lines of `allow` and `deny` of all commands.
  mutating func addExamples() {
    for rule in policy.commands.values.sorted(by: { $0.name < $1.name }) {
      for (examples, expectation) in [(rule.allow, PolicyCase.Expectation.allowed), (rule.deny, .refused)] {
        for example in examples {
          add(
            PolicyCase(line: example.line, expectation: expectation, location: example.location),
            isExample: true)
        }
      }
    }
  }

  mutating func add(_ cases: [PolicyCase]) {
    for policyCase in cases { add(policyCase, isExample: false) }
  }

  private mutating func add(_ policyCase: PolicyCase, isExample: Bool) {
    var outcome = Outcome(policyCase: policyCase, isExample: isExample)
    switch asker(of: policyCase) {
    case .failure(let failure): outcome.failure = failure
    case .success(let asker):
      let judging = isExample ? whole : policy
      let verdict = judging.verdict(on: Self.aimed(policyCase), for: asker, assumingInstalled: true)
      outcome.verdict = verdict
      outcome.failure = Self.failure(of: policyCase, verdict)
    }
    outcomes.append(outcome)
  }

  private static func aimed(_ policyCase: PolicyCase) -> String {
    policyCase.target.map { "@\($0) \(policyCase.line)" } ?? policyCase.line
  }

  private enum FoundAsker {
    case success(Asker)
    case failure(Failure)
  }

  private func asker(of policyCase: PolicyCase) -> FoundAsker {
    let (name, kinds): (String, String)
    switch policyCase.asker {
    case .everyone: return .success(.everyone)
    case .agent(let agent):
      if let found = policy.agents[agent] { return .success(.agent(found)) }
      (name, kinds) = (agent, "agent")
    case .role(let role):
      if let found = policy.roles[role] { return .success(.role(found)) }
      (name, kinds) = (role, "role")
    case .named(let found):
      switch (policy.agents[found], policy.roles[found]) {
      case (let agent?, nil): return .success(.agent(agent))
      case (nil, let role?): return .success(.role(role))
      case (_?, _?):
        return .failure(
          Failure(
            reason: "\(found) is both an agent and a role",
            hint: "write `as: agent \(found)` or `as: role \(found)`"))
      case (nil, nil): (name, kinds) = (found, "agent or role")
      }
    }
    let near = nearest(to: name, among: Array(policy.agents.keys) + Array(policy.roles.keys)).first
    return .failure(
      Failure(
        reason: "the policy has no \(kinds) \(name)", hint: near.map { "did you mean \($0)?" } ?? ""))
  }

  /// For whom a case was judged; everyone when its agent or role is not there.
  func knownAsker(of policyCase: PolicyCase) -> Asker {
    if case .success(let asker) = asker(of: policyCase) { asker } else { .everyone }
  }

  private static func failure(of policyCase: PolicyCase, _ verdict: Verdict) -> Failure? {
    switch (policyCase.expectation, verdict) {
    case (.allowed, .refused(let refusal)):
      return Failure(reason: "must be allowed and is refused: \(refusal.reason)", hint: refusal.hint)
    case (.refused, .allowed(let line)):
      return Failure(
        reason: "must be refused and is allowed: it runs \(line.canonicalText)",
        hint: "rule\(line.rules.count == 1 ? "" : "s"): \(line.rules.joined(separator: ", "))")
    case (.refused, .refused(let refusal)):
      guard let because = policyCase.because, because != refusal.rule,
        !refusal.reason.contains(because), !refusal.hint.contains(because)
      else { return nil }
      return Failure(
        reason: "is refused, but not because of \(because): \(refusal.reason)",
        hint: "rule: \(refusal.rule)" + (refusal.hint.isEmpty ? "" : "; hint: \(refusal.hint)"))
    case (.allowed, .allowed(let line)):
      guard let runs = policyCase.runs, runs != line.canonicalText else { return nil }
      return Failure(reason: "runs something else: \(line.canonicalText)", hint: "expected: \(runs)")
    }
  }
}

// MARK: Text

extension CaseRun {
  /// The cases that fail, each with its place and its line, and a summary.
  func text(isVerbose: Bool) -> String {
    var text = ""
    for outcome in outcomes where isVerbose || outcome.failure != nil {
      let line = TerminalText.oneLine(outcome.policyCase.line)
      if let failure = outcome.failure {
        text += "\(outcome.policyCase.location): failed: \(TerminalText.oneLine(failure.reason))\n  \(line)\n"
        if !failure.hint.isEmpty { text += "hint: \(failure.hint)\n" }
      } else {
        text +=
          "\(outcome.policyCase.location): passed: \(outcome.policyCase.expectation.rawValue)  \(line)\n"
      }
    }
    let passed = outcomes.count - failures
    return text + "\(passed) of \(counted(outcomes.count, "case")) \(passed == 1 ? "passes" : "pass")\n"
  }

  func json(directory: String) -> JSONValue {
    [
      "policy": .text(directory), "digest": .text(policy.digest),
      "counts": [
        "cases": .number(outcomes.count), "examples": .number(outcomes.count(where: \.isExample)),
        "passed": .number(outcomes.count - failures), "failed": .number(failures),
      ],
      "cases": .list(outcomes.map(\.json)),
    ]
  }
}

extension CaseRun.Outcome {
  var json: JSONValue {
    let asker: String? =
      switch policyCase.asker {
      case .everyone: nil
      case .agent(let name): "agent \(name)"
      case .role(let name): "role \(name)"
      case .named(let name): name
      }
    var actual = JSONValue.null
    var runs = JSONValue.null
    var refusal = JSONValue.null
    switch verdict {
    case .allowed(let line)?:
      actual = "allowed"
      runs = .text(line.canonicalText)
    case .refused(let found)?:
      actual = "refused"
      refusal = found.json()
    case nil: break
    }
    return [
      "passed": .bool(failure == nil), "file": .text(policyCase.location.file),
      "line": .number(policyCase.location.line), "column": .number(policyCase.location.column),
      "example": .bool(isExample), "text": .text(policyCase.line), "as": .optional(asker),
      "on": .optional(policyCase.target), "expect": .text(policyCase.expectation.rawValue), "verdict": actual,
      "runs": runs, "refusal": refusal, "failure": .optional(failure?.reason),
    ]
  }
}

extension JudgedLine {
  /// What runs, as a line: each stage's canonical arguments, joined as in the line that was judged.
  var canonicalText: String {
    var text = ""
    for (index, step) in steps.enumerated() {
      if index > 0 {
        switch step.condition {
        case .always: text += "; "
        case .afterSuccess: text += " && "
        case .afterFailure: text += " || "
        }
      }
      text += step.stages.map(\.canonicalText).joined(separator: " | ")
    }
    return text
  }
}

extension JudgedStage {
  /// The canonical arguments; of a built-in its name, and for `cd` where it leads.
  fileprivate var canonicalText: String {
    let words: [String] =
      switch action {
      case .run(let execution): execution.arguments.map(\.canonicalText)
      case .say: [rule]
      case .changeDirectory(let path): [rule, Word(path).description]
      }
    return (words + redirections.map(\.rawValue)).joined(separator: " ")
  }
}
