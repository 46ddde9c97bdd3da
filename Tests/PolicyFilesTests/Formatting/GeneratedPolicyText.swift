/// Policy files as people write them, badly laid out, from a source of chance: comments anywhere, odd indentation, blank
/// lines, brackets over several lines, quotes of both kinds.
struct GeneratedPolicyText<Chance: RandomNumberGenerator> {
  private var chance: Chance
  private var lines: [String] = []
  private var comments = 0
  private var hasLiteral = false

  static func text(from chance: Chance) -> String {
    var generator = GeneratedPolicyText(chance: chance)
    generator.file()
    let ending = generator.one(in: 8) ? "\r\n" : "\n"
    // A text below `|` ends without a line break when the file does: a formatter cannot add one then.
    let endsOpen = generator.one(in: 6) && !generator.hasLiteral
    return generator.lines.joined(separator: ending) + (endsOpen ? "" : ending)
  }

  private init(chance: Chance) { self.chance = chance }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &chance) }
  private mutating func one(in count: Int) -> Bool { below(count) == 0 }
  private mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

  private mutating func comment() -> String {
    comments += 1
    return "#" + pick([" ", "", "  ", "\t"]) + pick(["why", "don't: [a, b]", "\"x", "- a: b #c", "é …"])
      + " \(comments)"
      + pick(["", "", "  "])
  }

  /// Blank lines and comments of their own, some of them at columns that nobody would choose.
  private mutating func trivia(_ indent: Int) {
    while one(in: 3) {
      let column = one(in: 4) ? below(8) : indent
      lines.append(one(in: 2) ? pick(["", "  ", "      "]) : spaces(column) + comment())
    }
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  private mutating func ending() -> String {
    one(in: 5) ? spaces(1 + below(6)) + comment() : pick(["", "", "", " "])
  }

  private mutating func word(inBrackets: Bool) -> String {
    let words = [
      "flag", "unit", "/usr/bin/ls", "count 0..5000", "don't", "it's #1", "a:b", "-x", "--long", "%F", "true",
      "~",
      "2026", "word /x{1,3}/", "one of [a, b]", "path*", "a # b", "x: y", "", "back\\slash", "é…",
    ]
    let word = pick(words)
    let isPlain =
      !word.isEmpty && !word.contains(" #") && !word.contains(": ") && word.first != "%"
      && !(inBrackets && word.contains { "[]{},".contains($0) }) && !word.contains("#")
    switch below(3) {
    case 0 where isPlain: return word
    case 1:
      return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    default:
      return "\"" + word.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
        + "\""
    }
  }

  private mutating func brackets(_ depth: Int, _ indent: Int) -> String {
    let isList = one(in: 2)
    var text = (isList ? "[" : "{") + gap(indent)
    let count = one(in: 5) ? 20 : below(4)
    for index in 0..<count {
      if !isList { text += "k\(index)" + pick([": ", ":  ", " : "]) }
      text += depth > 0 && one(in: 4) ? brackets(depth - 1, indent) : word(inBrackets: true)
      text += gap(indent)
      if index + 1 < count || one(in: 4) { text += "," + gap(indent) }
    }
    return text + (isList ? "]" : "}")
  }

  /// Nothing, blanks, or a new line, with a comment before it now and then.
  private mutating func gap(_ indent: Int) -> String {
    switch below(8) {
    case 0: " "
    case 1: "  "
    case 2: (one(in: 3) ? " " + comment() : "") + "\n" + spaces(indent + 1 + below(5))
    case 3 where one(in: 3): "\n" + spaces(below(9)) + comment() + "\n" + spaces(indent + 2)
    default: ""
    }
  }

  private mutating func value(_ key: String, _ indent: Int, _ step: Int) {
    let head = spaces(indent) + key + ":"
    switch below(7) {
    case 0:
      lines.append(head + ending())
      let inner = one(in: 2) ? indent : indent + step
      for _ in 0...below(3) {
        trivia(inner + 1)
        lines.append(spaces(inner) + pick(["- ", "-  "]) + word(inBrackets: false) + ending())
      }
    case 1:
      lines.append(head + ending())
      for index in 0...below(3) {
        trivia(indent + step)
        lines.append(spaces(indent + step) + "inner\(index): " + word(inBrackets: false) + ending())
      }
    case 2, 3:
      lines += (head + " " + brackets(2, indent) + ending()).split(
        separator: "\n", omittingEmptySubsequences: false
      )
      .map(String.init)
    case 4 where one(in: 3):
      hasLiteral = true
      lines += [
        head + " " + pick(["|", ">-", "|2-"]) + ending(), spaces(indent + 2) + "some text # no comment",
      ]
      if one(in: 2) { lines += ["", spaces(indent + 3) + "further in"] }
    case 5 where one(in: 3):
      lines += [head + " plain words", spaces(indent + 1 + below(4)) + "that go on" + ending()]
    default: lines.append(head + pick([" ", "  "]) + word(inBrackets: false) + ending())
    }
  }

  private mutating func file() {
    let step = pick([1, 2, 2, 4])
    trivia(0)
    if one(in: 6) { lines.append("---") }
    trivia(0)
    for part in ["commands", "options", "roles"].prefix(1 + below(3)) {
      lines.append("\(part):" + ending())
      for index in 0...below(3) {
        trivia(step)
        lines.append(
          spaces(step) + pick(["name\(index)", "\"name\(index)\"", "-x\(index), --name\(index)"]) + ":"
            + ending())
        for key in ["allow", "exec", "limits", "unknown", "options", "about", "other", "verbs"].shuffled(
          using: &chance
        )
        .prefix(1 + below(6)) {
          trivia(2 * step)
          value(key, 2 * step, step)
        }
      }
    }
    trivia(below(6))
  }
}
