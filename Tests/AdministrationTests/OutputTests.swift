import Testing

@testable import Administration

@Suite("What is written to a person's terminal or to a program")
struct OutputTests {
  @Test func jsonIsPrintedInTheOrderGivenAndEscaped() {
    let value: JSONValue = [
      "b": .number(-1), "a": .list([.text("x\"\\\n\t\u{1B}"), .null, .bool(true)]), "o": .object([]),
      "l": .list([]),
      "n": .list([["k": .text("ü")]]),
    ]
    #expect(
      value.description == """
        {
          "b": -1,
          "a": ["x\\"\\\\\\n\\t\\u001b", null, true],
          "o": {},
          "l": [],
          "n": [
            {
              "k": "ü"
            }
          ]
        }
        """)
  }

  @Test func jsonEscapesBeyondTheBasicPlaneAsSurrogates() {
    #expect(JSONValue.text("\u{E0001}\u{202E}").description == "\"\\udb40\\udc01\\u202e\"")
  }

  @Test(arguments: [
    "\u{1B}[31m", "\u{7}", "\u{9B}31m", "\u{202E}x", "\u{200B}", "\r", "\u{0}", "\u{FEFF}", "\u{E0041}",
  ])
  func whatATerminalObeysIsReplaced(_ text: String) {
    #expect(TerminalText.safe("a" + text + "b") != "a" + text + "b")
    #expect(!TerminalText.oneLine(text).unicodeScalars.contains(where: TerminalText.isUnsafe))
  }

  @Test func ordinaryTextStaysAsItIs() {
    for text in ["plain\n\ttext", "ünïcode …", "日本", "🙂"] { #expect(TerminalText.safe(text) == text) }
    #expect(TerminalText.oneLine("a\nb\u{1B}") == "a\\x0ab\\x1b")
  }

  @Test(arguments: [("abc", 1, " "), ("äöü", 4, "  "), ("", 0, ""), ("abc", 99, "   ")])
  func aCaretStandsBelowItsByte(_ line: String, _ offset: Int, _ before: String) {
    #expect(LineExcerpt(Array(line.utf8), offset: offset).text == "  \(line)\n  \(before)^\n")
  }

  @Test func aLongLineIsCutAroundItsPlace() {
    let line =
      Array(String(repeating: "a", count: 3_000).utf8) + [UInt8(ascii: "b")]
      + Array(repeating: 0x61, count: 500)
    let shown = LineExcerpt(line, offset: 3_000).text.split(separator: "\n").map(Array.init)
    #expect(shown[0].count <= 122)
    #expect(shown[0][shown[1].count - 1] == "b")
  }

  @Test func bytesThatAreNoTextHaveACaretToo() {
    #expect(LineExcerpt([0xFF, 0x61, 0xFE], offset: 2).text == "  \u{FFFD}a\u{FFFD}\n    ^\n")
  }
}

@Suite("Texts in YAML")
struct YAMLTextTests {
  @Test(arguments: ["ls -la", "/usr/bin/x", "--name=5", "-x", "a.b_c"])
  func plainTextsNeedNoQuotes(_ text: String) { #expect(YAMLText.scalar(text) == text) }

  @Test(arguments: [
    ("yes", "'yes'"), ("", "''"), ("it's", "'it''s'"), ("a: b", "'a: b'"), ("# x", "'# x'"), ("a,b", "'a,b'"),
    ("- x", "'- x'"),
    ("*x", "'*x'"), ("x ", "'x '"), ("---", "'---'"), ("a\nb", "\"a\\nb\""), ("\u{1B}", "\"\\u001b\""),
    ("[a]", "'[a]'"), ("Null", "'Null'"),
  ])
  func everythingElseIsQuoted(_ text: String, _ expected: String) {
    #expect(YAMLText.scalar(text) == expected || text == "---" && YAMLText.scalar(text) == text)
  }

  @Test func aValueMayHoldCommasAndBrackets() {
    #expect(YAMLText.value("one of [a, b]") == "one of [a, b]")
    #expect(YAMLText.value("word /a: b/") == "'word /a: b/'")
    #expect(YAMLText.value("count 0..5, repeated") == "count 0..5, repeated")
  }
}

@Suite("Points in time", .serialized)
struct LocalTimeTests {
  @Test func whatIsPrintedIsReadAgain() {
    for time in [0, 951_782_400_000, 1_795_233_534_000, 4_102_444_799_000] as [Int64] {
      #expect(LocalTime.milliseconds(LocalTime.text(time)) == time)
    }
  }

  @Test(arguments: [("90m", 5_400), ("12h", 43_200), ("7d", 604_800), ("30s", 30), ("2w", 1_209_600)])
  func aSpanCountsBackFromNow(_ text: String, _ seconds: Int64) {
    #expect(LocalTime.milliseconds(text, now: 2_000_000_000_000) == 2_000_000_000_000 - seconds * 1_000)
  }

  @Test func aDayBeginsAtMidnight() throws {
    let now: Int64 = 1_795_233_534_000
    let today = try #require(LocalTime.milliseconds("today", now: now))
    #expect(
      LocalTime.text(today).hasSuffix(" 00:00:00")
        && LocalTime.text(today).prefix(10) == LocalTime.text(now).prefix(10))
    #expect(today - (LocalTime.milliseconds("yesterday", now: now) ?? 0) >= 23 * 3_600_000)
    #expect(LocalTime.milliseconds("@1795233534") == now)
  }

  @Test(arguments: [
    "", " ", "x", "2026", "2026-1-1", "2026-13-01", "2026-01-32", "2026-01-01 24:00", "2026-01-01 1:2:3:4",
    "-5m", "5", "m", "@", "@x", "1e3s",
  ])
  func everythingElseIsNoTime(_ text: String) { #expect(LocalTime.milliseconds(text) == nil) }
}
