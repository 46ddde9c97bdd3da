internal import CommandGrammar
internal import Policy

/// Where in a line a refusal comes from.
struct RefusalPlace: Equatable {
  /// Index of the step, nil when the line has none because it does not parse.
  let step: Int?
  /// Index of the stage in its step.
  let stage: Int?
  /// Byte offset in the line.
  let offset: Int

  init(step: Int?, stage: Int?, offset: Int) {
    self.step = step
    self.stage = stage
    self.offset = offset
  }

  /// Nil when `verdict` is no refusal, or none of a single stage.
  ///
  /// A line is judged from left to right, and the first refusal counts: the stage is the last one of the shortest
  /// beginning of the line that is refused in the same way.
  init?(of verdict: Verdict, in line: CommandLine, judge: (CommandLine) -> Verdict) {
    guard case .refused = verdict else { return nil }
    for (stepIndex, step) in line.steps.enumerated() {
      for (stageIndex, stage) in step.stages.enumerated() {
        var beginning = line
        beginning.steps = Array(line.steps[...stepIndex])
        beginning.steps[stepIndex].stages = Array(step.stages[...stageIndex])
        // A stage that is first in a pipeline must not look as if it were alone in it.
        if stageIndex == 0, step.stages.count > 1 {
          beginning.steps[stepIndex].stages.append(Stage(words: [Word("true")]))
        }
        guard judge(beginning) == verdict, case .refused(let refusal) = verdict else { continue }
        // The target is refused before any stage is looked at.
        let isTarget = stepIndex == 0 && stageIndex == 0 && refusal.rule == "targets"
        self.init(
          step: stepIndex, stage: stageIndex,
          offset: isTarget ? 0 : Self.offset(of: refusal, in: stage.words))
        return
      }
    }
    return nil
  }

  /// The word that the reason names, or the stage's first word.
  private static func offset(of refusal: Refusal, in words: [Word]) -> Int {
    for name in names(in: refusal.reason) {
      var name = name
      let isCut = name.hasSuffix("…")
      if isCut { name.removeLast() }
      let texts = words.map(\.written)
      let letter = name.utf8.count == 2 && name.hasPrefix("-") ? name.last : nil
      let found =
        texts.firstIndex { $0 == name } ?? texts.firstIndex { $0.hasPrefix(name + "=") }
        ?? letter.flatMap { letter in
          texts.firstIndex { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains(letter) }
        }
        ?? texts.firstIndex { isCut ? $0.hasPrefix(name) : $0.contains(name) }
      if let found { return words[found].offset }
    }
    return words.first?.offset ?? 0
  }

  /// What a reason has in backquotes; then, of `first: -n: 500 is not between 0 and 100`, `500` and `-n`.
  private static func names(in reason: String) -> [String] {
    let quoted = reason.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    let parts = reason.split(separator: ": ").dropFirst().reversed()
    return (quoted + parts.compactMap { $0.split(separator: " ").first.map(String.init) }).filter {
      !$0.isEmpty
    }
  }
}

extension Word {
  /// The word without its quotes, its wildcards as written.
  var written: String {
    var text = ""
    for segment in segments {
      switch segment {
      case .literal(let literal): text += literal
      case .anyString: text += "*"
      case .anyCharacter: text += "?"
      case .bracket(let inner): text += "[\(inner)]"
      }
    }
    return text
  }
}
