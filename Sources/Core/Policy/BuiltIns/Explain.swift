internal import CommandGrammar

extension Judge {
  /// `explain LINE…`: its words as a line, or one quoted word parsed as a line.
  func explain(_ words: ArraySlice<Word>) -> JudgedStage.Action {
    if isExplaining { return said("") }
    guard let first = words.first else {
      return said("usage: explain LINE, such as explain 'ls /var/log | head'\n", status: 2)
    }
    var inner = Judge(policy: policy, agent: agent, isExplaining: true)
    let verdict: Verdict
    do throws(Refusal) {
      let line: CommandLine
      if words.count == 1, let text = first.text {
        line = try Self.parse(text)
      } else if let text = first.text, text.utf8.first == UInt8(ascii: "@"), words.count > 1 {
        line = CommandLine(
          target: String(text.dropFirst()),
          steps: [Step(condition: .always, stages: [Stage(words: Array(words.dropFirst()))])])
      } else {
        line = CommandLine(steps: [Step(condition: .always, stages: [Stage(words: Array(words))])])
      }
      verdict = .allowed(try inner.judge(line))
    } catch {
      verdict = .refused(error)
    }
    return said(policy.explanation(of: verdict), status: verdict.exitStatus)
  }

  private static func parse(_ text: String) throws(Refusal) -> CommandLine {
    do throws(SyntaxError) {
      return try CommandLine(parsing: text.utf8)
    } catch {
      throw Refusal(error)
    }
  }
}

extension Verdict {
  /// 0 when the line may run, 127 for an unknown command, 126 for every other refusal.
  public var exitStatus: UInt8 {
    switch self {
    case .allowed: 0
    case .refused(let refusal): refusal.kind == .unknownCommand ? 127 : 126
    }
  }
}

extension Policy {
  /// A verdict for people: for each stage its rule, what would run and with what; or the refusal and its hint.
  public func explanation(of verdict: Verdict) -> String {
    switch verdict {
    case .refused(let refusal):
      var text = "refused: \(refusal.reason)\n"
      text += "rule: \(refusal.rule)" + (refusal.location.map { " at \($0)" } ?? "") + "\n"
      return refusal.hint.isEmpty ? text : text + "hint: \(refusal.hint)\n"
    case .allowed(let line):
      return "allowed\n"
        + line.steps.flatMap(\.stages).map { explanation(of: $0) }.joined()
    }
  }

  private func explanation(of stage: JudgedStage) -> String {
    switch stage.action {
    case .say: return "\(stage.rule): built in\n"
    case .changeDirectory(let path): return "cd: built in, changes to \(Word(path).description)\n"
    case .run(let execution):
      var text = "\(stage.rule): rule at \(commands[stage.rule]?.location.description ?? "?")\n"
      text += "  runs: " + execution.arguments.map(\.canonicalText).joined(separator: " ") + "\n"
      text += "  executable: \(execution.executable)\n"
      let needs = execution.needs.description
      if !needs.isEmpty { text += "  needs: \(needs)\n" }
      if !execution.publicTrees.isEmpty { text += "  reads only public trees: opens need no check\n" }
      for bound in execution.bounds { text += "  bound: \(bound)\n" }
      return text + "  limits: \(execution.limits)\n"
    }
  }
}
