import CommandGrammar
import Testing

func parse(_ text: String) throws(SyntaxError) -> CommandGrammar.CommandLine {
  try CommandGrammar.CommandLine(parsing: text.utf8)
}

/// The words of a line of one stage, as literal texts; a wildcard shows as `<…>`.
func words(_ text: String) throws(SyntaxError) -> [String] {
  try parse(text).steps[0].stages[0].words.map { word in
    word.segments.map { segment in
      switch segment {
      case .literal(let text): text
      case .anyString: "<*>"
      case .anyCharacter: "<?>"
      case .bracket(let text): "<[\(text)]>"
      }
    }.joined()
  }
}

@Suite("parsing")
struct ParsingTests {
  @Test("pipelines, lists and redirections make the tree that they show")
  func tree() throws {
    let line = try parse("@web-* a -x 2>&1 | b >/dev/null&&c||d;e ;")
    #expect(
      line
        == CommandGrammar.CommandLine(
          target: "web-*",
          steps: [
            Step(
              condition: .always,
              stages: [
                Stage(words: [Word("a"), Word("-x")], redirections: [.errorToOutput]),
                Stage(words: [Word("b")], redirections: [.outputToNull]),
              ]),
            Step(condition: .afterSuccess, stages: [Stage(words: [Word("c")])]),
            Step(condition: .afterFailure, stages: [Stage(words: [Word("d")])]),
            Step(condition: .always, stages: [Stage(words: [Word("e")])]),
          ]))
  }

  @Test(
    "the five redirections are read in every usual spelling",
    arguments: [
      ("a 2>&1", [Redirection.errorToOutput]), ("a 2>/dev/null", [.errorToNull]),
      ("a 2> /dev/null", [.errorToNull]), ("a >/dev/null", [.outputToNull]),
      ("a > /dev/null", [.outputToNull]),
      ("a>/dev/null", [.outputToNull]), ("a 1>/dev/null", [.outputToNull]),
      ("a </dev/null", [.inputFromNull]),
      ("a < /dev/null", [.inputFromNull]), ("a &>/dev/null", [.bothToNull]),
      ("a &> /dev/null", [.bothToNull]),
      ("a >/dev/null 2>&1", [.outputToNull, .errorToOutput]),
      ("a 2>&1>/dev/null", [.errorToOutput, .outputToNull]),
      ("2>/dev/null a", [.errorToNull]), ("a 2>'/dev/null'", [.errorToNull]), ("a 2>&1;b", [.errorToOutput]),
      ("a 2>&1|b", [.errorToOutput]),
    ])
  func redirections(text: String, expected: [Redirection]) throws {
    let stage = try parse(text).steps[0].stages[0]
    #expect(stage.redirections == expected)
    #expect(stage.words == [Word("a")])
  }

  @Test("a digit is a descriptor only when it stands alone and unquoted before the redirection")
  func digits() throws {
    #expect(try words("echo a2>/dev/null") == ["echo", "a2"])
    #expect(try words("echo 2 >/dev/null") == ["echo", "2"])
    #expect(try words("echo '2'>/dev/null") == ["echo", "2"])
  }

  @Test(
    "quotes are removed as POSIX says",
    arguments: [
      ("a 'b c'", ["a", "b c"]), ("a \"b c\"", ["a", "b c"]), ("a b\\ c", ["a", "b c"]), ("a ''", ["a", ""]),
      ("a \"\"''", ["a", ""]), ("a 'b'\"c\"d", ["a", "bcd"]), ("a '\\n'", ["a", "\\n"]),
      ("a \"\\n\"", ["a", "\\n"]), ("a \\n", ["a", "n"]), ("a \"\\$\\`\\\"\\\\\"", ["a", "$`\"\\"]),
      ("a '$x`y`;|&<>(){}*?[]~#!'", ["a", "$x`y`;|&<>(){}*?[]~#!"]), ("a \"it's\"", ["a", "it's"]),
      ("a 'say \"x\"'", ["a", "say \"x\""]), ("a b#c", ["a", "b#c"]),
      ("a b~", ["a", "b~"]), ("a ! b", ["a", "!", "b"]), ("a X=1", ["a", "X=1"]),
      ("a while", ["a", "while"]),
      ("a\tb", ["a", "b"]), ("a '\t'", ["a", "\t"]), ("  a  b  ", ["a", "b"]), ("a ü 'é'", ["a", "ü", "é"]),
      ("a \\ü", ["a", "ü"]), ("a @b", ["a", "@b"]), ("'sudo' b", ["sudo", "b"]), ("\\while", ["while"]),
      ("'X=1' b", ["X=1", "b"]), ("'@web' b", ["@web", "b"]), ("a \\'", ["a", "'"]), ("a \\\\", ["a", "\\"]),
      ("a --x='b c'd", ["a", "--x=b cd"]), ("1x=2", ["1x=2"]), ("sudoku", ["sudoku"]),
    ])
  func quoting(text: String, expected: [String]) throws {
    #expect(try words(text) == expected)
  }

  @Test(
    "unquoted wildcards are kept apart from literal text",
    arguments: [
      ("a *.log", ["a", "<*>.log"]), ("a '*'.log", ["a", "*.log"]), ("a \\*", ["a", "*"]),
      ("a \"?\"?", ["a", "?<?>"]),
      ("a [ab]c", ["a", "<[ab]>c"]), ("a [!a-c]", ["a", "<[!a-c]>"]), ("a []x]", ["a", "<[]x]>"]),
      ("a [[:alpha:]]x", ["a", "<[[:alpha:]]>x"]), ("a [b", ["a", "[b"]), ("a [b c]", ["a", "[b", "c]"]),
      ("a [b/c]", ["a", "[b/c]"]), ("a [\"b c\"]", ["a", "<[b\\ c]>"]), ("a [\\]]", ["a", "<[\\]]>"]),
      ("a ['!'b]", ["a", "<[\\!b]>"]), ("a []", ["a", "[]"]), ("a [;b]", ["a", "["]),
      ("a **", ["a", "<*><*>"]),
      ("[ -f b ]", ["[", "-f", "b", "]"]), ("a [[b]", ["a", "<[\\[b]>"]), ("a [/[b]", ["a", "[/<[b]>"]),
    ])
  func wildcards(text: String, expected: [String]) throws {
    #expect(try words(text) == expected)
  }

  @Test(
    "found by fuzzing: empty quotes within a class do not change what it means when it prints",
    arguments: [
      ("a [[:alp\"\"ha:]]*", ["a", "<[\\[:alpha:]>]<*>"]), ("a [''!]", ["a", "<[\\!]>"]),
      ("a [''^b]", ["a", "<[\\^b]>"]), ("a ['']b]", ["a", "<[]b]>"]), ("a [['':b:]]", ["a", "<[\\[:b:]>]"]),
    ])
  func emptyQuotes(text: String, expected: [String]) throws {
    #expect(try words(text) == expected)
    #expect(try parse(parse(text).description) == parse(text))
  }

  @Test("a word knows where it stands, and equality does not look at it")
  func offsets() throws {
    let words = try parse("  a  'b' *").steps[0].stages[0].words
    #expect(words.map(\.offset) == [2, 5, 9])
    #expect(words[0] == Word("a", offset: 99))
  }

  @Test(
    "a target is the unquoted first word after @",
    arguments: [("@web-02 a", "web-02"), ("@a,b a", "a,b"), ("@web-* a", "web-*"), ("\t@x.y_z? a", "x.y_z?")])
  func targets(text: String, target: String) throws {
    let line = try parse(text)
    #expect(line.target == target)
    #expect(line.steps[0].stages[0].words == [Word("a")])
  }

  @Test(
    "a word's pattern escapes what was quoted",
    arguments: [
      ("a '*'*", "\\**"), ("a 'b?[c]\\'?", "b\\?\\[c\\]\\\\?"), ("a [!x]y", "[!x]y"), ("a [\"]\"]", "[\\]]"),
      ("a /var/log/*.log", "/var/log/*.log"),
    ])
  func patterns(text: String, pattern: String) throws {
    #expect(try parse(text).steps[0].stages[0].words[1].pattern == Array(pattern.utf8))
  }
}
