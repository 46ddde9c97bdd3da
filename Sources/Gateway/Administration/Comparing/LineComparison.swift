internal import Policy

/// Lines that two policies judge differently.
struct LineComparison {
  enum Effect: String, Equatable {
    case allowed, refused
    /// Both allow it, and something else runs.
    case altered
  }

  struct Line: Equatable {
    var text: String
    var effect: Effect
    var old: Verdict
    var new: Verdict
  }

  /// Those that become allowed first, then those that run differently, then those that become refused.
  private(set) var lines: [Line] = []
  let judged: Int
  private let old: Policy
  private let new: Policy

  /// Judges the examples of both policies and `more`, each line once, for someone to whom every command is allowed and
  /// as if everything were installed.
  init(_ old: Policy, _ new: Policy, more: [String]) {
    self.old = old
    self.new = new
    var known: Set<String> = []
    let corpus = (Self.examples(new) + Self.examples(old) + more).filter { known.insert($0).inserted }
    judged = corpus.count
    for text in corpus {
      let before = old.verdict(on: text, for: .everyone, assumingInstalled: true)
      let after = new.verdict(on: text, for: .everyone, assumingInstalled: true)
      if let effect = Self.effect(before, after) {
        lines.append(Line(text: text, effect: effect, old: before, new: after))
      }
    }
    let order: [Effect] = [.allowed, .altered, .refused]
    lines = order.flatMap { effect in lines.filter { $0.effect == effect } }
  }

  private static func examples(_ policy: Policy) -> [String] {
    policy.commands.values.sorted { $0.name < $1.name }.flatMap { ($0.allow + $0.deny).map(\.line) }
  }

  private static func effect(_ old: Verdict, _ new: Verdict) -> Effect? {
    switch (old, new) {
    case (.refused, .allowed): .allowed
    case (.allowed, .refused): .refused
    case (.allowed(let before), .allowed(let after)):
      before.canonicalText != after.canonicalText ? .altered : nil
    case (.refused, .refused): nil
    }
  }

  func text(_ effect: Effect) -> String {
    lines.filter { $0.effect == effect }.map { line in
      "  \(TerminalText.oneLine(line.text))\n    was \(Self.text(line.old, old))\n    now \(Self.text(line.new, new))\n"
    }.joined()
  }

  private static func text(_ verdict: Verdict, _ policy: Policy) -> String {
    switch verdict {
    case .allowed(let line):
      let rules = line.rules.compactMap { policy.commands[$0] }.map { "\($0.name) at \($0.location)" }
      return "allowed: \(line.canonicalText)" + (rules.isEmpty ? "" : " (\(rules.joined(separator: ", ")))")
    case .refused(let refusal):
      return "refused: \(refusal.reason) (\(refusal.rule)" + (refusal.location.map { " at \($0)" } ?? "")
        + ")"
    }
  }

  var json: JSONValue {
    .list(
      lines.map { line in
        [
          "line": .text(line.text), "effect": .text(line.effect.rawValue), "old": Self.json(line.old, old),
          "new": Self.json(line.new, new),
        ]
      })
  }

  private static func json(_ verdict: Verdict, _ policy: Policy) -> JSONValue {
    switch verdict {
    case .allowed(let line):
      [
        "verdict": "allowed", "runs": .text(line.canonicalText), "rules": .texts(line.rules),
        "places": .texts(line.rules.compactMap { policy.commands[$0]?.location.description }),
        "refusal": .null,
      ]
    case .refused(let refusal):
      [
        "verdict": "refused", "runs": .null, "rules": .texts([refusal.rule]),
        "places": .texts(refusal.location.map { [$0.description] } ?? []), "refusal": refusal.json(),
      ]
    }
  }
}
