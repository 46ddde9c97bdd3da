import CommandGrammar
import Testing

/// A refused line, with the reason and the offset that it must be refused for.
struct RefusedLine: Sendable, CustomTestStringConvertible {
  var text: String
  var reason: SyntaxError.Reason
  var offset: Int

  init(_ text: String, _ reason: SyntaxError.Reason, _ offset: Int) {
    self.text = text
    self.reason = reason
    self.offset = offset
  }

  var testDescription: String { "\(reason): \(text.prefix(40).debugDescription)" }

  static let all: [RefusedLine] = [
    .init("", .empty, 0), .init(" \t ", .empty, 3),
    .init(String(repeating: "a", count: 4_001), .tooLong, 4_000),
    .init(String(repeating: "'' ", count: 1_000) + String(repeating: "|", count: 1_001), .tooLong, 4_000),
    .init(String(repeating: "a|", count: 32) + "a", .tooManyStages, 64),
    .init(String(repeating: "a;", count: 32) + "a", .tooManyStages, 64),
    .init(String(repeating: "a ", count: 257), .tooManyWords, 512),
    .init("a\0b", .nulByte, 1), .init("a '\0'", .nulByte, 3),
    .init("a\nb", .newline, 1), .init("a\n", .newline, 1), .init("a 'b\n'", .newline, 4),
    .init("a\\\nb", .newline, 2),
    .init("a\rb", .carriageReturn, 1),
    .init("a \u{1B}[2J", .controlByte, 2), .init("a\u{7F}", .controlByte, 1),
    .init("a '\u{85}'", .controlByte, 3),
    .init("a \u{9B}", .controlByte, 2),
    .init("a\u{200B}b", .invisibleCharacter, 1), .init("a \u{202E}b", .invisibleCharacter, 2),
    .init("a \u{2028}b", .invisibleCharacter, 2), .init("a \u{2066}", .invisibleCharacter, 2),
    .init("\u{FEFF}a", .invisibleCharacter, 0), .init("a \u{E0041}", .invisibleCharacter, 2),
    .init("a \u{AD}", .invisibleCharacter, 2),
    .init("a -\u{212A}", .lookalikeCharacter, 3), .init("a\u{37E}", .lookalikeCharacter, 1),
    .init("a '\u{1FEF}'", .lookalikeCharacter, 3),
    .init("a 'b", .unterminatedSingleQuote, 2), .init("a 'it'\\''s", .unterminatedSingleQuote, 8),
    .init("a \"b", .unterminatedDoubleQuote, 2), .init("a \"b\\", .unterminatedDoubleQuote, 2),
    .init("a \"b\\\"", .unterminatedDoubleQuote, 2),
    .init("a b\\", .trailingBackslash, 3),
    .init("a $b", .variable, 2), .init("a \"x$b\"", .variable, 4), .init("a b$", .variable, 3),
    .init("a $?", .variable, 2), .init("$b a", .variable, 0), .init("a \"b$\"", .variable, 4),
    .init("a ${b}", .bracedVariable, 2), .init("a \"${b}\"", .bracedVariable, 3),
    .init("a $(b)", .commandSubstitution, 2), .init("a \"$(b)\"", .commandSubstitution, 3),
    .init("a $((1+1))", .arithmetic, 2),
    .init("a $'b'", .dollarQuote, 2), .init("a $\"b\"", .dollarQuote, 2),
    .init("a `b`", .backquote, 2), .init("a \"`b`\"", .backquote, 3), .init("a [`b`]", .backquote, 3),
    .init("a <(b)", .processSubstitution, 2), .init("a >(b)", .processSubstitution, 2),
    .init("{ a; }", .brace, 0), .init("a {b,c}", .brace, 2), .init("find -exec a {} \\;", .brace, 13),
    .init("a }", .brace, 2),
    .init("a ~/b", .tilde, 2), .init("~/b", .tilde, 0),
    .init("; a", .emptyCommand, 0), .init("a;;b", .emptyCommand, 2), .init("| a", .emptyCommand, 0),
    .init("a | | b", .emptyCommand, 4), .init("a && ; b", .emptyCommand, 5),
    .init("a || && b", .emptyCommand, 5),
    .init("&& a", .emptyCommand, 0), .init("2>&1 | a", .emptyCommand, 5), .init("a ||| b", .emptyCommand, 4),
    .init("a |", .missingCommand, 3), .init("a &&", .missingCommand, 4), .init("a || ", .missingCommand, 5),
    .init("2>/dev/null", .missingCommand, 11),
    .init("a &", .background, 2), .init("a & b", .background, 2), .init("a&", .background, 1),
    .init("a ;& b", .background, 3), .init("a &&& b", .background, 4),
    .init("a |& b", .pipeWithError, 2),
    .init("(a)", .openParenthesis, 0), .init("a() b", .openParenthesis, 1),
    .init("find ( -x )", .openParenthesis, 5),
    .init("a )", .closeParenthesis, 2),
    .init("a # b", .comment, 2), .init("#a", .comment, 0),
    .init("X=1 a", .assignment, 0), .init("a; X=1", .assignment, 3), .init("X+=1 a", .assignment, 0),
    .init("PATH='/x y' a", .assignment, 0), .init("_x1= a", .assignment, 0),
    .init("2>&1 X=1 a", .assignment, 5),
    .init("! a", .negation, 0), .init("a | ! b", .negation, 4),
    .init("while true; do a; done", .loop, 0), .init("for i in *; do a; done", .loop, 0),
    .init("until a; do b; done", .loop, 0), .init("for i in $(ls); do a; done", .loop, 0),
    .init("a; done", .loop, 3),
    .init("if a; then b; fi", .conditional, 0), .init("[[ -f a ]]", .conditional, 0),
    .init("case a in b) c;; esac", .conditional, 0), .init("a; then b", .conditional, 3),
    .init("function a", .function, 0), .init("coproc a", .function, 0),
    .init("time a", .time, 0),
    .init("sudo a", .sudo, 0), .init("a | sudo b", .sudo, 4), .init("sudo -n a $x", .sudo, 0),
    .init("a | xargs b", .xargs, 4),
    .init("a >b", .outputFile, 2), .init("a > b", .outputFile, 2), .init("a 1>b", .outputFile, 2),
    .init("a >| b", .outputFile, 2), .init("a &>b", .outputFile, 2), .init("a >/dev/nul*", .outputFile, 2),
    .init("a >/dev/null/x", .outputFile, 2), .init("a >//dev/null", .outputFile, 2),
    .init("a >>b", .appendFile, 2), .init("a >>/dev/null", .appendFile, 2), .init("a &>>b", .appendFile, 2),
    .init("a 2>>b", .appendFile, 2),
    .init("a 2>b", .errorFile, 2), .init("a 2> b", .errorFile, 2),
    .init("a <b", .inputFile, 2), .init("a < /etc/shadow", .inputFile, 2),
    .init("a <<b", .hereDocument, 2), .init("a <<-b", .hereDocument, 2),
    .init("a <<<b", .hereString, 2),
    .init("a >&2", .duplicateDescriptor, 2), .init("a 1>&2", .duplicateDescriptor, 2),
    .init("a 2>&-", .duplicateDescriptor, 2), .init("a 2>&1x", .duplicateDescriptor, 2),
    .init("a <&3", .duplicateDescriptor, 2), .init("a >&/dev/null", .duplicateDescriptor, 2),
    .init("a 2>&12", .duplicateDescriptor, 2), .init("a &>&1", .duplicateDescriptor, 2),
    .init("a 3>/dev/null", .otherDescriptor, 2), .init("a 22>/dev/null", .otherDescriptor, 2),
    .init("a 0</dev/null", .otherDescriptor, 2),
    .init("a <>b", .readWriteFile, 2),
    .init("a >", .missingFile, 2), .init("a > ;", .missingFile, 2), .init("a 2> | b", .missingFile, 2),
    .init("a < > b", .missingFile, 2),
    .init("@ a", .invalidTarget, 0), .init("@", .invalidTarget, 0), .init("@a/b c", .invalidTarget, 2),
    .init("@a|b c", .invalidTarget, 2), .init("@'a' c", .invalidTarget, 1), .init("@$x c", .invalidTarget, 1),
    .init("@a @b c", .misplacedTarget, 3), .init("a; @b c", .misplacedTarget, 3),
    .init("2>&1 @b c", .misplacedTarget, 5),
    .init("@a", .targetWithoutCommand, 0), .init("@a  ", .targetWithoutCommand, 0),
  ]
}

@Suite("refusals")
struct RefusalTests {
  @Test("what is not in the grammar is refused by name, where it stands", arguments: RefusedLine.all)
  func refusal(line: RefusedLine) {
    #expect(throws: SyntaxError(line.reason, at: line.offset)) { try parse(line.text) }
  }

  @Test("every reason has a line that is refused for it, except bytes that no text can have")
  func completeness() {
    let tested = Set(RefusedLine.all.map { "\($0.reason)" })
    let missing = SyntaxError.Reason.allCases.filter { !tested.contains("\($0)") }
    #expect(missing == [.invalidUTF8])
  }

  @Test("every reason has a cause and a hint: one line each, lower case, no full stop")
  func texts() {
    for reason in SyntaxError.Reason.allCases {
      let error = SyntaxError(reason, at: 0)
      for text in [error.message, error.hint] {
        #expect(!text.isEmpty && !text.contains("\n") && !text.hasSuffix("."), "\(reason)")
        #expect(text.first?.isUppercase == false, "\(reason)")
        #expect(text.utf8.count <= 120, "\(reason)")
      }
    }
    let messages = SyntaxError.Reason.allCases.map { SyntaxError($0, at: 0).message }
    #expect(Set(messages).count == messages.count)
  }

  @Test(
    "common habits get the hint that names the form that can",
    arguments: [
      ("sudo journalctl", "drop `sudo`"), ("a | xargs cat", "grep -r"),
      ("cat $(which a)", "run the inner command first"),
      ("for i in a b; do c; done", "glob"), ("a > b", ">/dev/null"), ("a 2>b", "2>/dev/null"),
      ("a\nb", "`;`"),
      ("a &", "`;`"), ("a |& b", "2>&1 |"), ("cat ~/x", "/home/"), ("find {}", "'{}'"), ("cat <x", "operand"),
      ("a $x", "'$'"), ("! grep x y", "||"), ("if a; then b; fi", "`&&`"),
    ])
  func hints(text: String, part: String) {
    do throws(SyntaxError) {
      _ = try parse(text)
      Issue.record("\(text) parsed")
    } catch {
      #expect(error.hint.contains(part))
    }
  }

  @Test(
    "bytes that are not UTF-8 are refused where they begin",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x41], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    #expect(throws: SyntaxError(.invalidUTF8, at: 2)) {
      try CommandGrammar.CommandLine(parsing: Array("a ".utf8) + bytes)
    }
  }

  @Test("no text that equals an ASCII text for String has other bytes")
  func equivalence() throws {
    for value in UInt32(0x80)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(Character(scalar))
      if ("!"..."~").contains(text), (0x21...0x7E).contains(where: { text == String(UnicodeScalar($0)) }) {
        #expect(throws: SyntaxError(.lookalikeCharacter, at: 2), "U+\(String(value, radix: 16))") {
          try parse("a \(text)")
        }
      }
    }
  }
}
