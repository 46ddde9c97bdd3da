import Policy
import Testing

@Suite("words")
struct WordsTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "ps", .words,
        options: [
          ("-e", "flag"), ("-ef", "flag"), ("-o", "word /[a-z,]+/, repeated"), ("-n", "count -5..5"),
        ],
        operands: ["word /[auxwf]+/?"]),
      rule("dash", .words, options: [("-u", "flag")], operands: ["path*"], separator: true))
  }

  @Test(
    "makes the canonical arguments",
    arguments: [
      ("ps aux", ["ps", "aux"]), ("ps -ef", ["ps", "-ef"]),
      ("ps -e -o pid,comm", ["ps", "-e", "-o", "pid,comm"]),
      ("ps aux -o pid", ["ps", "-o", "pid", "aux"]), ("ps -n -3", ["ps", "-n", "-3"]),
      ("dash -u a b", ["dash", "-u", "--", "a", "b"]), ("dash -", ["dash", "--", "-"]), ("dash", ["dash"]),
      ("dash /tmp/*", ["dash", "--", "glob:/tmp/*"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "takes options as exact words only",
    arguments: [
      "ps -eo pid", "ps -opid", "ps -o=pid", "ps --e", "ps -fe", "ps -o", "ps -o -e", "ps --", "ps -- aux",
      "ps aux aux",
      "ps -e -e", "ps -o PID", "ps -n -6", "ps e*", "ps -*", "dash -x", "dash -- a", "dash --u", "ps ''",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }
}
