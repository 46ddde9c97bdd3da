internal import Policy

/// The differences of two policies, for a person or as JSON.
struct ComparisonReport {
  struct Side {
    let directory: String
    let policy: Policy

    var json: JSONValue { ["policy": .text(directory), "digest": .text(policy.digest)] }
    var text: String { "\(directory), digest \(policy.shortDigest)" }
  }

  let old: Side
  let new: Side
  let comparison: PolicyComparison
  let lines: LineComparison

  init(old: Side, new: Side, lines: [String]) {
    self.old = old
    self.new = new
    comparison = PolicyComparison(old.policy, new.policy)
    self.lines = LineComparison(old.policy, new.policy, more: lines)
  }

  var isSame: Bool { comparison.differences.isEmpty && lines.lines.isEmpty }

  var text: String {
    var text = "old: \(old.text)\nnew: \(new.text)\n"
    if isSame {
      return text + "no difference in meaning; \(counted(lines.judged, "line")) judged, all alike\n"
    }
    text += section("!! SECRETS REMOVED: what they covered can be read from now on", .exposes, sign: "!!")
    text += section("lines that become allowed", lines.text(.allowed))
    text += section("becomes possible", .opens, sign: "+")
    text += section("lines that run something else", lines.text(.altered))
    text += section("means something else", .alters, sign: "~")
    text += section("lines that become refused", lines.text(.refused))
    text += section("becomes impossible", .closes, sign: "-")
    text += section("words and examples only", .words, sign: "~")
    return text + "\n\(counted(lines.judged, "line")) judged, \(lines.lines.count) differently\n"
  }

  private func section(_ title: String, _ body: String) -> String {
    body.isEmpty ? "" : "\n\(title):\n\(body)"
  }

  private func section(_ title: String, _ effect: Difference.Effect, sign: String) -> String {
    section(
      title,
      comparison.differences.filter { $0.effect == effect }.map { difference in
        let place = difference.new ?? difference.old.map { "was at \($0)" }
        return "\(sign) \(difference.subject): \(TerminalText.oneLine(difference.text))"
          + (place.map { "  (\($0))" } ?? "") + "\n"
      }.joined())
  }

  var json: JSONValue {
    [
      "old": old.json, "new": new.json, "same": .bool(isSame), "judged": .number(lines.judged),
      "changes": .list(
        comparison.differences.map {
          [
            "effect": .text($0.effect.name), "subject": .text($0.subject), "text": .text($0.text),
            "old": .optional($0.old), "new": .optional($0.new),
          ]
        }),
      "lines": lines.json,
    ]
  }
}
