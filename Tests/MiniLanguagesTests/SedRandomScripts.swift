import TestSupport

@testable import MiniLanguages

/// Random trees, of which every one is a script that the parser accepts.
struct SedRandomScripts {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func script() -> SedScript {
    let labels: [[UInt8]] = [Array("again".utf8), Array("x".utf8)]
    var commands = commands(depth: 3, labels: labels)
    // Labels are defined once, so that the real sed takes every branch.
    commands += labels.map { SedCommand(action: .label($0)) }
    return SedScript(commands: commands)
  }

  private mutating func commands(depth: Int, labels: [[UInt8]]) -> [SedCommand] {
    (0..<Int.random(in: 0...4, using: &generator)).map { _ in command(depth: depth, labels: labels) }
  }

  private mutating func command(depth: Int, labels: [[UInt8]]) -> SedCommand {
    let action = action(depth: depth, labels: labels)
    var lines = lines()
    if case .quit = action, case .range(let first, _) = lines {
      lines = first == .line(0) ? .all : .one(first)
    }
    return SedCommand(lines: lines, negated: .random(using: &generator), action: action)
  }

  private mutating func action(depth: Int, labels: [[UInt8]]) -> SedAction {
    switch Int.random(in: 0...(depth > 0 ? 11 : 10), using: &generator) {
    case 0...2: .plain(pick(SedPlainCommand.allCases))
    case 3: .list(width: pick([nil, 0, 1, 20]))
    case 4: .quit(silently: .random(using: &generator), status: pick([nil, 0, 7, 255]))
    case 5...7: .substitute(substitution())
    case 8: transliteration()
    case 9: .text(pick(SedTextCommand.allCases), text())
    case 10: .branch(pick(SedBranch.allCases), label: pick(labels + [[]]))
    default: .block(commands(depth: depth - 1, labels: labels))
    }
  }

  private mutating func lines() -> SedLines {
    switch Int.random(in: 0...4, using: &generator) {
    case 0, 1: return .all
    case 2: return .one(address())
    case 3: return .range(.line(0), to: .matching(pattern()))
    default: return .range(address(), to: rangeEnd())
    }
  }

  private mutating func address() -> SedAddress {
    switch Int.random(in: 0...3, using: &generator) {
    case 0: .line(.random(in: 1...9, using: &generator))
    case 1: .every(first: .random(in: 0...3, using: &generator), step: .random(in: 1...3, using: &generator))
    case 2: .last
    default: .matching(pattern())
    }
  }

  private mutating func rangeEnd() -> SedRangeEnd {
    switch Int.random(in: 0...4, using: &generator) {
    case 0: .line(.random(in: 0...9, using: &generator))
    case 1: .last
    case 2: .after(.random(in: 0...3, using: &generator))
    case 3: .multiple(.random(in: 0...3, using: &generator))
    default: .matching(pattern())
    }
  }

  private mutating func pattern() -> SedAddressPattern {
    SedAddressPattern(
      pattern: expression(), ignoreCase: .random(using: &generator), multipleLines: .random(using: &generator)
    )
  }

  private mutating func expression() -> [UInt8] {
    let parts = [
      "a", "b", ".", "*", "[a-c]", "[^/]", "[]/x]", "[[:digit:]]", "\\n", "\\(a\\)", "\\/", "/", ",", "|",
      "\\|", "#", "x", " ", "{",
      "}", ";", "\\.", "\\\\", "1", "[\\]", "[;}w]", "\\t", "\\x41", "é", "^", "$", "\\w",
    ]
    return (0..<Int.random(in: 1...4, using: &generator)).flatMap { _ in Array(pick(parts).utf8) }
  }

  private mutating func substitution() -> SedSubstitution {
    let parts = [
      "a", "&", "\\&", "\\n", "\\U", "\\E", "/", "\\/", ",", "\\\\", ";", "}", "w x", "e", "\\t", "#", "|",
      "\\0", " ", "é", "[", "\\x26",
    ]
    let replacement = (0..<Int.random(in: 0...4, using: &generator)).flatMap { _ in Array(pick(parts).utf8) }
    var flags = SedSubstitutionFlags()
    flags.number = pick([nil, nil, 1, 2])
    flags.global = .random(using: &generator)
    flags.print = .random(using: &generator)
    flags.ignoreCase = .random(using: &generator)
    flags.multipleLines = .random(using: &generator)
    return SedSubstitution(pattern: expression(), replacement: replacement, flags: flags)
  }

  private mutating func transliteration() -> SedAction {
    let characters = Array("abcxyz/\\\n,;}w \t".utf8)
    let count = Int.random(in: 0...4, using: &generator)
    let from = (0..<count).map { _ in pick(characters) }
    return .transliterate(from: from, to: (0..<count).map { _ in pick(characters) })
  }

  private mutating func text() -> [UInt8] {
    let parts = ["word", " ", "\\", "\n", ";", "}", "w /tmp/x", "\t", "é", "#", "r x"]
    return (0..<Int.random(in: 1...4, using: &generator)).flatMap { _ in Array(pick(parts).utf8) }
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &generator)]
  }
}
