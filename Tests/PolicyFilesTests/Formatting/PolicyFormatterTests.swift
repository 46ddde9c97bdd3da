import Foundation
import Policy
import PolicyFiles
import TestSupport
import Testing
import Yams

/// `KEYHOLE_FUZZ_COUNT` says how many generated files are tried; 400 when it is not set.
@Suite struct PolicyFormatterTests {
  private func format(_ text: String) throws -> String {
    String(decoding: try PolicyFormatter().format(Array(text.utf8), path: "a.yaml"), as: UTF8.self)
  }

  private func refusal(_ text: String) -> String? {
    do throws(Diagnostic) {
      _ = try PolicyFormatter().format(Array(text.utf8), path: "a.yaml")
      return nil
    } catch {
      return "\(error.location.line): \(error.message)"
    }
  }

  @Test func indentationIsTwoSpacesALevel() throws {
    #expect(
      try format("secrets:\n- path: /a\n  reason: b\nroles:\n      x:\n          about: y\n")
        == "secrets:\n  - path: /a\n    reason: b\nroles:\n  x:\n    about: y\n")
  }

  @Test func theKeysOfACommandStandInTheOrderOfTheReference() throws {
    #expect(
      try format("commands:\n  a:\n    deny: [d]\n    allow: [c]\n    about: b\n    exec: /a\n")
        == "commands:\n  a:\n    exec: /a\n    about: b\n    allow: [c]\n    deny: [d]\n")
  }

  @Test func theOrderIsTheOneOfTheReferencesTable() throws {
    let reference = try String(contentsOfFile: Self.repository + "/docs/policy.md", encoding: .utf8)
    let section = try #require(
      reference.components(separatedBy: "\n## Commands\n").last?.components(separatedBy: "\n### ").first)
    let keys = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      // A row may have two keys: `verbs`, `default-verb`.
      (row.split(separator: "|").first ?? "").split(separator: "`").enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
    #expect(keys.count >= 18 && keys.first == "exec" && keys.last == "deny")
    let backwards = keys.reversed().map { "    \($0): x\n" }.joined()
    let ordered = keys.map { "    \($0): x\n" }.joined()
    #expect(try format("commands:\n  a:\n" + backwards) == "commands:\n  a:\n" + ordered)
  }

  @Test func aKeyThatIsNotKnownStaysBehindTheOneBeforeIt() throws {
    #expect(
      try format("commands:\n  a:\n    about: b\n    new: 1\n    exec: /a\n")
        == "commands:\n  a:\n    exec: /a\n    about: b\n    new: 1\n")
  }

  @Test func oneBlankLineStandsBetweenCommands() throws {
    #expect(
      try format(
        "commands:\n\n\n  a: {exec: /a}\n  # of b\n  b:\n    exec: /b\n\n\n\n  c:\n    exec: /c\n\n\n")
        == "commands:\n  a:\n    exec: /a\n\n  # of b\n  b:\n    exec: /b\n\n  c:\n    exec: /c\n")
  }

  @Test func bracketsHaveNoSpaceInsideAndOneBehindAComma() throws {
    #expect(
      try format("roles: \n  x:   {about:  y ,commands : [ a,b ,c,],  z}   \n")
        == "roles:\n  x: {about: y, commands: [a, b, c], z}\n")
  }

  @Test func aListThatIsTooWideStandsOnLinesOfItsOwn() throws {
    let words = (0..<20).map { "'command \($0)'" }
    let text = "commands:\n  a:\n    allow: [\(words.joined(separator: ", "))]\n"
    #expect(
      try format(text) == "commands:\n  a:\n    allow:\n" + words.map { "      - \($0)\n" }.joined())
  }

  @Test func aListOfExactlyTheWidthStaysOnItsLine() throws {
    let room = PolicyFormatter.width - "allow: []".count
    let fits = "allow: [\(String(repeating: "a", count: room))]\n"
    #expect(try format(fits) == fits)
    #expect(try format("allow: [\(String(repeating: "a", count: room + 1))]\n").hasPrefix("allow:\n  - a"))
  }

  @Test func quotesStayAsTheyAreWritten() throws {
    let text = "secrets:\n  - {path: \"/a\", reason: 'it''s'}\n  - {path: /b, reason: \"\\u00e9\"}\n"
    #expect(try format(text) == text)
  }

  @Test func commentsStayWithTheEntryThatTheyPrecedeOrEnd() throws {
    #expect(
      try format(
        """
        # of the file

        commands:   # all
            # of b
            b:
              # of deny
              deny: [x]   # at deny
              exec: /b
              # at the end of b
            # at the end of commands
        # at the end

        """)
          == """
          # of the file

          commands:   # all
            # of b
            b:
              exec: /b
              # of deny
              deny: [x]   # at deny
              # at the end of b
            # at the end of commands
          # at the end

          """)
  }

  @Test func commentsInBracketsOpenTheBrackets() throws {
    #expect(
      try format("x: [a, # one\n  # of b\n  b\n  # last\n  ]\n")
        == "x:\n  - a # one\n  # of b\n  - b\n  # last\n")
  }

  @Test func aJSONFileBecomesLines() throws {
    #expect(
      try format("{\"commands\": {\"a\": {\"exec\": \"/a\",\n \"allow\": []}}}\n")
        == "\"commands\":\n  \"a\":\n    \"exec\": \"/a\"\n    \"allow\": []\n")
  }

  @Test func lineBreaksOfOtherSystemsBecomeNewlines() throws {
    #expect(try format("a: 1\r\nb: 2\rc: 3") == "a: 1\nb: 2\nc: 3\n")
  }

  @Test func theOrderStaysWhereANodeRefersToAnother() throws {
    let text = "commands:\n  a:\n    deny: &x [d]\n    allow: *x\n    exec: /a\n"
    #expect(try format(text) == text)
  }

  @Test(
    "what it does not know how to lay out is refused with its line",
    arguments: [
      ("a: 1\n? b\n: 2\n", "2: cannot be formatted: keys that begin with `? `"),
      ("a: 1\nb: |4\n    x\n", "2: cannot be formatted: an indentation of the text by another number"),
      ("a: 1\n---\nb: 2\n", "2: "),
      ("a: [b\n", "2: not YAML"),
      ("a: 1\nb: \"x\u{2028}y\"\n", "2: cannot be formatted: the line has a line break of another kind"),
      ("a: 1\na: 2\n", "1: key `a` stands twice"),
      ("&x a: 1\n", "1: cannot be formatted: an anchor"),
      ("a: |\n  text without a line break", "1: cannot be formatted: formatting would change the meaning"),
    ])
  func refusals(text: String, expected: String) throws {
    let message = try #require(refusal(text))
    #expect(message.hasPrefix(expected), "\(message)")
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: Diagnostic.self) {
      try PolicyFormatter().format([0x61, 0x3A, 0x20, 0xFF], path: "a.yaml")
    }
  }

  // MARK: Whole files

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static let shipped: [String] = ["policy", "packaging"].flatMap { folder in
    (FileManager.default.enumerator(atPath: repository + "/" + folder)?.allObjects as? [String] ?? [])
      .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yaml.example") }.map { "\(folder)/\($0)" }
  }.sorted()

  @Test func thePolicyThatShipsIsFound() { #expect(Self.shipped.count > 10) }

  @Test("every file that ships keeps its meaning and its words", arguments: shipped)
  func shippedFile(name: String) throws {
    let text = try String(contentsOfFile: Self.repository + "/" + name, encoding: .utf8)
    try expectSame(text, name)
  }

  @Test func generatedFilesKeepTheirMeaningAndTheirWords() throws {
    let count = fuzzCount(400)
    var changed = 0
    for seed in 0..<UInt64(count) {
      let text = GeneratedPolicyText.text(from: SeededGenerator(seed: seed))
      if try expectSame(text, "seed \(seed)") { changed += 1 }
    }
    // A generator whose files are in order already tries nothing.
    #expect(changed > count / 2)
  }

  /// Compares in a way of its own: plain values, sorted keys, letters and digits. True when the text changed.
  @discardableResult
  private func expectSame(_ text: String, _ comment: String) throws -> Bool {
    let formatted = try format(text)
    #expect(try format(formatted) == formatted, "\(comment)")
    #expect(try plain(formatted) == plain(text), "\(comment)")
    func words(_ text: String) -> [Character] {
      text.filter { $0.isLetter || $0.isNumber || $0 == "#" }.sorted()
    }
    #expect(words(formatted) == words(text), "\(comment)")
    #expect(formatted.hasSuffix("\n") && !formatted.hasSuffix("\n\n"), "\(comment)")
    #expect(!formatted.contains("\n\n\n"), "\(comment)")
    return formatted != text
  }

  private func plain(_ text: String) throws -> String { plain(try Yams.compose(yaml: text)) }

  private func plain(_ node: Node?) -> String {
    switch node {
    case .scalar(let scalar)?: "\(scalar.style):\(scalar.string)"
    case .sequence(let items)?: "[" + items.map { plain($0) }.joined(separator: "\u{1}") + "]"
    case .mapping(let pairs)?:
      "{" + pairs.map { plain($0.key) + "\u{2}" + plain($0.value) }.sorted().joined(separator: "\u{1}") + "}"
    case .alias?, nil: ""
    }
  }
}
