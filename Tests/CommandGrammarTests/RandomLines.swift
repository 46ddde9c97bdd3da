import CommandGrammar
import TestSupport

/// Trees as parsing can give them, and lines that look almost valid.
struct RandomLines {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let texts = [
    "a", "journalctl", "-u", "nginx", "X=1", "while", "sudo", "xargs", "!", "@web", "2", "~", "#", "$(x)",
    "`", "'",
    "\"", "\\", " ", "\t", ";", "|", "&&", ">", "</dev/null", "{}", "(", ")", "*", "?", "[", "]", "é", "漢字",
    "e\u{301}",
    "--name=value", "it's", "2>&1", "^", "[a]", "[[", "=", "👍🏽", "\u{A0}",
  ]
  private static let brackets = [
    "ab", "!a-z", "^x", "]", "!]a", "[:alpha:]", "\\]", "\\ ", "a\\'b", "\\[", "*?", "é", "-", "\\$",
  ]
  private static let fragments =
    texts + [
      "a ", " | ", " && ", " || ", "; ", "2>&1", " 2>/dev/null", ">/dev/null", "&>/dev/null", " < /dev/null",
      "'b c'",
      "\"d\\\"e\"", "\\ ", "*.log", "[a-z]", "[!x]", "@web-02 ", "['b']", "[\"c d\"]", "[[:digit:]]", "[[:al",
      "[''", "]", ":]]", "!", "^", "''",
      "\"\"", "[a",
      "\\\\", "\\'", "/var/log/", "grep -i error",
    ]

  private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  private mutating func pick<T>(_ array: [T]) -> T { array[int(0...(array.count - 1))] }

  mutating func tree() -> CommandGrammar.CommandLine {
    CommandGrammar.CommandLine(
      target: int(0...4) == 0 ? pick(["web-02", "a,b", "web-*", "x?.y_z"]) : nil,
      steps: (0..<int(1...4)).map { index in
        Step(
          condition: index == 0 ? .always : pick([.always, .afterSuccess, .afterFailure]),
          stages: (0..<int(1...3)).map { _ in stage() })
      })
  }

  private mutating func stage() -> Stage {
    Stage(
      words: (0..<int(1...5)).map { _ in word() },
      redirections: int(0...2) == 0 ? (0..<int(1...3)).map { _ in pick(Redirection.allCases) } : [])
  }

  private mutating func word() -> Word {
    var segments: [Word.Segment] = []
    for _ in 0..<int(1...4) {
      switch int(0...8) {
      case 0: segments.append(.anyString)
      case 1: segments.append(.anyCharacter)
      case 2: segments.append(.bracket(pick(Self.brackets)))
      default:
        let text = (0..<int(1...3)).map { _ in pick(Self.texts) }.joined()
        if case .literal(let before)? = segments.last {
          segments[segments.count - 1] = .literal(before + text)
        } else {
          segments.append(.literal(text))
        }
      }
    }
    return int(0...12) == 0 ? Word("") : Word(segments: segments)
  }

  /// A line of fragments or a printed tree, with a few bytes changed, removed, doubled or cut off.
  mutating func bytes() -> [UInt8] {
    var bytes: [UInt8] =
      int(0...1) == 0
      ? Array(tree().description.utf8) : (0..<int(1...10)).flatMap { _ in Array(pick(Self.fragments).utf8) }
    for _ in 0..<int(0...3) where !bytes.isEmpty {
      let index = int(0...(bytes.count - 1))
      switch int(0...5) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(contentsOf: Array(pick(Self.fragments).utf8), at: index)
      case 3: bytes.removeSubrange(index...)
      case 4: bytes[index] = pick(Array("'\"\\$`*?[]{}()<>|&;#~!@= \t".utf8))
      default: bytes.insert(bytes[index], at: index)
      }
    }
    return bytes
  }
}
