internal import CommandGrammar
internal import Policy
internal import PolicyFiles

/// The lines that a policy must allow and refuse: what a change of it may not break.
struct PolicyProof {
  private struct Line {
    var text: String
    var asker: Asker
    var expectation: PolicyCase.Expectation
    var location: SourceLocation
    /// First words of its stages: a change of one command cannot touch lines without it.
    var commands: Set<String>
  }

  private let lines: [Line]

  /// The examples of all commands, and those of `cases` that pass now.
  init(policy: Policy, cases: [PolicyCase] = []) {
    var run = CaseRun(policy: policy)
    run.addExamples()
    run.add(cases)
    lines = run.outcomes.filter { $0.failure == nil }.map { outcome in
      let policyCase = outcome.policyCase
      let text = policyCase.target.map { "@\($0) \(policyCase.line)" } ?? policyCase.line
      return Line(
        text: text, asker: run.knownAsker(of: policyCase), expectation: policyCase.expectation,
        location: policyCase.location, commands: Self.commands(in: text))
    }
  }

  /// What the changed policy says wrongly of one of the lines, nil when nothing.
  func contradiction(in policy: Policy, changed command: String) -> String? {
    for line in lines where line.commands.contains(command) {
      // Names are looked up anew: the change may have given an agent or a role more commands.
      switch (
        policy.verdict(on: line.text, for: line.asker.renewed(in: policy), assumingInstalled: true),
        line.expectation
      ) {
      case (.allowed, .refused): return "it would allow `\(line.text)`, which \(line.location) refuses"
      case (.refused, .allowed): return "it would refuse `\(line.text)`, which \(line.location) allows"
      default: break
      }
    }
    return nil
  }

  private static func commands(in text: String) -> Set<String> {
    guard let line = try? CommandLine(parsing: text.utf8) else { return [] }
    return Set(line.steps.flatMap(\.stages).compactMap { $0.words.first?.text })
  }
}

extension Asker {
  /// The same agent or role as another policy has it.
  func renewed(in policy: Policy) -> Asker {
    switch self {
    case .everyone: self
    case .agent(let agent): policy.agents[agent.name].map { .agent($0) } ?? self
    case .role(let role): policy.roles[role.name].map { .role($0) } ?? self
    }
  }
}
