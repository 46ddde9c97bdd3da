import Policy
import PolicyFiles
import Testing

@Suite("A policy that loads warns of")
struct RuleWarningTests {
  private func warnings(_ lines: String..., examples: String = "allow: [x a], deny: [x -z]") throws
    -> [String]
  {
    let text =
      "commands:\n  x:\n    exec: /usr/bin/x\n    about: a\n"
      + (lines
      + examples.split(separator: ", deny").enumerated().map {
        $0.offset == 0 ? String($0.element) : "deny" + $0.element
      })
      .map { "    " + $0 + "\n" }.joined()
    return try TemporaryPolicy(["a.yaml": text, "secrets.yaml": secretsFile]).warnings
  }

  @Test(
    "operand items that nothing reaches",
    arguments: [
      ("[\"path*\", \"path?\"]", "5:25: no operand reaches `path?`: `path*` takes it"),
      ("[\"path+\", \"directory*\"]", "5:25: no operand reaches `directory*`: `path+` takes it"),
      ("[\"pattern*\", \"unit?\", \"user?\"]", "5:28: no operand reaches `unit?`: `pattern*` takes it"),
      (
        "[\"pattern*\", \"one of [a, b]?\"]", "5:28: no operand reaches `one of [a, b]?`: `pattern*` takes it"
      ),
      (
        "[\"one of [a, b]?\", \"one of [c, -d]?\"]",
        "5:34: `-d` can never be given here: it begins with `-`"
      ),
      (
        "[\"pattern\", \"word /-[a-z]+/?\"]",
        "5:27: this expression can never match here: a word may not begin with `-`"
      ),
      ("[\"one of [a, b, a]\"]", "5:16: `a` stands twice in `one of`"),
    ])
  func items(operands: String, expected: String) throws {
    #expect(try warnings("operands: \(operands)").contains("a.yaml:" + expected))
  }

  @Test(
    "nothing where operands may reach",
    arguments: [
      "[\"path?\", \"path?\"]", "[\"path*\", \"path\"]", "[\"count 1..2*\", \"path*\"]",
      "[\"pattern?\", \"path*\"]",
      "[\"count 1..5*\", \"path?\", \"count 1..5?\"]", "[\"path*\", \"pattern?\"]", "[\"word /-?a/\"]",
      "[\"path* unless -e\", \"path?\"]", "[\"one of [a]*\", \"word /a|b/*\"]",
    ])
  func reachable(operands: String) throws {
    #expect(try warnings("options: {-e: flag}", "operands: \(operands)") == [])
  }

  @Test(
    "options that cannot be used",
    arguments: [
      ("exclusive: [[-a]]", "6:17: a group of one option excludes nothing"),
      ("exclusive: [[-a, --all]]", "6:17: a group of one option excludes nothing"),
      ("hints: {\"-q, -a\": no}", "6:18: nobody sees this hint: option `-a` is allowed"),
      ("maximum-operands: 1", "6:23: `path path+` needs 2 operands, and fewer are allowed"),
    ])
  func options(line: String, expected: String) throws {
    let operands = line.hasPrefix("maximum") ? "[path, \"path+\"]" : "[\"path*\"]"
    let examples =
      line.hasPrefix("maximum") ? "allow: [\"true\"], deny: [x -z]" : "allow: [x a], deny: [x -z]"
    #expect(
      try warnings(
        "options: {\"-a, --all\": flag, -b: flag}", line, "operands: \(operands)", examples: examples)
        == ["a.yaml:" + expected])
  }

  @Test("options that a required one excludes, and required ones that exclude each other")
  func required() throws {
    #expect(
      try warnings(
        "options: {-a: flag, -b: flag, -c: flag}", "required: [-a]", "exclusive: [[-a, -b], [-b, -c]]",
        examples: "allow: [x -a], deny: [x -z]")
        == ["a.yaml:7:17: -b can never be given: -a is required and excludes it"])
    #expect(
      try warnings(
        "options: {-a: flag, -b: flag}", "required: [-a, -b]", "exclusive: [[-a, -b]]",
        examples: "allow: [\"true\"], deny: [x -z]")
        == ["a.yaml:7:17: -a and -b are required and exclude each other"])
  }

  @Test(
    "spellings and words that are read as something else",
    arguments: [
      (
        "find", "options: {-a: flag, -o: flag}",
        ["6:15: `-a` is always find's operator", "6:25: `-o` is always find's operator"]
      ),
      (
        "getopt", "options: {-1: flag, -NUM: count 0..9}",
        ["6:25: `-1` hides numbers that begin with it from -NUM"]
      ),
      (
        "getopt", "options: {-NUM: count 0..9, -2: flag}",
        ["6:33: `-2` hides numbers that begin with it from -NUM"]
      ),
      (
        "words", "options: {-c: \"one of [a, -b]\"}",
        ["6:19: `-b` can never be given here: it begins with `-`"]
      ),
      ("getopt", "options: {-c: \"one of [a, -b]\"}", []),
      ("find", "options: {-c: \"one of [a, -b]\"}", []),
    ])
  func shadowed(convention: String, line: String, expected: [String]) throws {
    #expect(
      try warnings("arguments: \(convention)", line, "operands: [\"path*\"]")
        == expected.map { "a.yaml:" + $0 })
  }

  @Test("operands that are options where an option may be any word")
  func wordsThatAreOptions() throws {
    #expect(
      try warnings("arguments: words", "options: {a: flag}", "operands: [\"one of [a, b]?\"]")
        == ["a.yaml:7:16: `a` is never an operand: it is an option"])
  }

  @Test("hints for verbs that are allowed, and none for options of one verb")
  func verbHints() throws {
    #expect(
      try warnings(
        "arguments: verbs-getopt", "verbs: {a: {options: {-v: flag}}, b: {}}",
        "hints: {b: no, -v: only with a}")
        == ["a.yaml:7:13: nobody sees this hint: verb `b` is allowed"])
  }

  @Test("agents without a role, and names that stand twice")
  func names() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command("needs: {read: [/var/log, /var/log]}"),
      "b.yaml": """
      roles: {r: {commands: [cat, cat]}}
      agents: {a: {keys: [], roles: []}, b: {keys: [], roles: [r, r]}}
      """, "secrets.yaml": secretsFile,
    ])
    #expect(
      try policy.warnings == [
        "a.yaml:5:30: `/var/log` stands twice in read", "b.yaml:1:29: `cat` stands twice in commands",
        "b.yaml:2:31: agent a has no role: only the built-ins answer it",
        "b.yaml:2:61: `r` stands twice in roles",
      ])
  }
}
