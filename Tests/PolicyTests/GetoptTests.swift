import Policy
import Testing

@Suite("getopt")
struct GetoptTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "tool",
        options: [
          ("-n, --lines", "count 0..100"), ("-u, --unit", "unit, repeated"), ("-f, --follow", "flag"),
          ("-r", "flag"), ("-v, --verbose", "flag, repeated"), ("-b, --boot", "optional word /-?[0-9]+/"),
          ("-e, --regexp", "pattern"), ("-NUM", "count 0..50"), ("-S, --since", "time"),
          ("--line-buffered", "flag"),
        ],
        operands: ["path*"], exclusive: [["-f", "-b"]], fixed: ["--no-pager"],
        hints: ["--vacuum": "journals are only read here"]),
      rule("posix", .posix, options: [("-x", "flag")], operands: ["word /.*/*"]),
      rule("bare"),
      rule("need", options: [("-p, --property", "unit")], required: ["--property"]))
  }

  @Test(
    "makes the canonical arguments",
    arguments: [
      ("tool", ["tool", "--no-pager"]),
      ("tool -n5", ["tool", "--no-pager", "-n", "5"]),
      ("tool -n 5", ["tool", "--no-pager", "-n", "5"]),
      ("tool --lines=5", ["tool", "--no-pager", "--lines=5"]),
      ("tool --lines 5", ["tool", "--no-pager", "--lines", "5"]),
      ("tool -frn5", ["tool", "--no-pager", "-f", "-r", "-n", "5"]),
      ("tool -frn 5 a", ["tool", "--no-pager", "-f", "-r", "-n", "5", "--", "a"]),
      ("tool a -f b", ["tool", "--no-pager", "-f", "--", "a", "b"]),
      ("tool -f -- a", ["tool", "--no-pager", "-f", "--", "a"]),
      ("tool --", ["tool", "--no-pager"]),
      ("tool -- --", nil),
      ("tool -", ["tool", "--no-pager", "--", "-"]),
      ("tool -b", ["tool", "--no-pager", "-b"]),
      ("tool -b-1", ["tool", "--no-pager", "-b-1"]),
      ("tool -rb2", ["tool", "--no-pager", "-r", "-b2"]),
      ("tool --boot=-1", ["tool", "--no-pager", "--boot=-1"]),
      ("tool --boot -r", ["tool", "--no-pager", "--boot", "-r"]),
      ("tool -b 7", ["tool", "--no-pager", "-b", "--", "7"]),
      ("tool -20", ["tool", "--no-pager", "-20"]),
      ("tool -20 a", ["tool", "--no-pager", "-20", "--", "a"]),
      ("tool -e -x", nil),
      ("tool -e-x", ["tool", "--no-pager", "-e-x"]),
      ("tool --regexp=-x", ["tool", "--no-pager", "--regexp=-x"]),
      ("tool -e ''", ["tool", "--no-pager", "-e", ""]),
      ("tool --regexp=", ["tool", "--no-pager", "--regexp="]),
      ("tool --since=-1h", ["tool", "--no-pager", "--since=-1h"]),
      ("tool -S-1h", ["tool", "--no-pager", "-S-1h"]),
      ("tool -u a -u b --unit=c", ["tool", "--no-pager", "-u", "a", "-u", "b", "--unit=c"]),
      ("tool -vvv", ["tool", "--no-pager", "-v", "-v", "-v"]),
      ("tool --regexp=a=b", ["tool", "--no-pager", "--regexp=a=b"]),
      ("tool '--lines=5'", ["tool", "--no-pager", "--lines=5"]),
      ("tool /var/log/*.log", ["tool", "--no-pager", "--", "glob:/var/log/*.log"]),
      ("posix -x a -x", nil),
      ("posix -x a b", ["posix", "-x", "--", "a", "b"]),
      ("posix -x -- a", ["posix", "-x", "--", "a"]),
      ("need -p x", ["need", "-p", "x"]),
      ("need --property=x", ["need", "--property=x"]),
      ("bare", ["bare"]),
    ] as [(String, [String]?)])
  func canonical(line: String, expected: [String]?) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "refuses and says what to write",
    arguments: [
      ("tool --lin 5", "tool: `--lin` is an abbreviation", "write --lines or --line-buffered"),
      ("tool --bo", "tool: `--bo` is an abbreviation", "write --boot"),
      ("tool --vacuum=1", "tool: option `--vacuum` is not allowed", "journals are only read here"),
      ("tool --liness=5", "tool: option `--liness` is not allowed", "did you mean --lines?"),
      (
        "tool -x", "tool: option `-x` is not allowed", "allowed: -n -u -f -r -v -b -e -NUM -S --line-buffered"
      ),
      (
        "tool -fx", "tool: option `-x` is not allowed",
        "allowed: -n -u -f -r -v -b -e -NUM -S --line-buffered"
      ),
      ("tool --follow=yes", "tool: `--follow` takes no value", "write --follow"),
      ("tool -n", "tool: `-n` needs a value", "a count 0..100 after -n"),
      ("tool -n 101", "tool: -n: 101 is not between 0 and 100", ""),
      ("tool -n5 -n6", "tool: `-n` is given twice", "write it once"),
      ("tool -n5 --lines=6", "tool: `--lines` is given twice", "write it once"),
      ("tool -f -b1", "tool: -f and -b exclude each other", "use one of them"),
      ("tool -51", "tool: 51 is not between 0 and 50", ""),
      (
        "tool --since -1h", "tool: --since: `-1h` begins with `-` where a time is expected",
        "attach the value: --since=-1h"
      ),
      ("tool -e -x", "tool: -e: `-x` begins with `-` where a pattern is expected", "attach the value: -e-x"),
      (
        "tool --unit=a*", "tool: `--unit=a*` has unquoted wildcards where an option is expected",
        "quote it: '--unit=a*'"
      ),
      (
        "tool -u a*", "tool: `a*` has unquoted wildcards where the value of -u is expected",
        "quote it: -u 'a*'"
      ),
      ("tool -*", "tool: `-*` has unquoted wildcards where an option is expected", "quote it: '-*'"),
      ("tool -- -x", "tool: `-x` begins with `-`", "for a file of that name write `./-x`"),
      ("need", "need: -p or --property is required", "add -p, --property: unit"),
      ("bare x", "bare: operand `x` is not allowed", "no operands are taken here"),
      ("bare -x", "bare: option `-x` is not allowed", "no options are allowed here"),
    ])
  func refused(line: String, reason: String, hint: String) {
    let found = refusal(sample, line)
    #expect(found?.kind == .notAllowed)
    #expect(found?.reason == reason)
    #expect(found?.hint == hint)
    #expect(found?.location == here)
  }

  @Test(
    "lets nothing through that getopt would read otherwise",
    arguments: [
      "tool ---lines=5", "tool --=x", "tool -n=5", "tool -é", "tool --Lines=5", "tool -5x", "tool -2 -3",
      "tool --lines= 5", "tool --no-pager", "tool -NUM", "tool '-n 5'", "tool '--lines 5'", "tool -fn",
      "tool -b=1",
      "tool -n '' ", "tool -u -f", "tool --unit --follow", "tool -n -- 5", "tool '' ", "tool -n+5",
      "tool --boot=",
      "posix a -- b", "posix -- -x", "tool -\\-lines", "tool --lines\\=x",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }
}
