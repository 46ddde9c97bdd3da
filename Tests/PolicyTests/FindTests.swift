import Policy
import Testing

@Suite("find expressions")
struct FindTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "find", .find,
        options: [
          ("-L", "flag"), ("-name", "pattern"), ("-type", "one of [f, d]"), ("-size", "size"),
          ("-mtime", "count -9..9"),
          ("-print", "flag"), ("-newer", "path"), ("-perm", "word /[-\\/]?[0-7]{3,4}/"),
          ("-maxdepth", "count 0..9"),
        ],
        operands: ["path*"], hints: ["-exec": "find runs nothing here"]),
      secrets: [("/etc/shadow*", "password hashes"), ("/root/**", "root's files")])
  }

  @Test(
    "pass when every predicate is listed",
    arguments: [
      ("find", ["find", "."]),
      ("find /var/log", ["find", "/var/log"]),
      ("find -name x", ["find", ".", "-name", "x"]),
      ("find -L /a b -name '*.log'", ["find", "-L", "/a", "b", "-name", "*.log"]),
      (
        "find a -size -10k -mtime +1 -mtime -3",
        ["find", "a", "-size", "-10k", "-mtime", "+1", "-mtime", "-3"]
      ),
      (
        "find a \\( -name x -o -name y \\) -print",
        ["find", "a", "(", "-name", "x", "-o", "-name", "y", ")", "-print"]
      ),
      (
        "find a '!' -name x -a -not -print , -print",
        ["find", "a", "!", "-name", "x", "-a", "-not", "-print", ",", "-print"]
      ),
      ("find a -perm -4000", ["find", "a", "-perm", "-4000"]),
      ("find a -name ''", ["find", "a", "-name", ""]),
      ("find a '(' '(' -print ')' ')'", ["find", "a", "(", "(", "-print", ")", ")"]),
      ("find '!' '!' -print", ["find", ".", "!", "!", "-print"]),
      ("find '(x' -print", ["find", "(x", "-print"]),
      ("find - -print", ["find", "-", "-print"]),
      ("find /var/*/log -print", ["find", "glob:/var/*/log", "-print"]),
      ("find * -print", ["find", "glob:./*", "-print"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "are refused otherwise",
    arguments: [
      "find . -delete", "find . -exec rm x", "find . -fprint /tmp/x", "find -H .", "find . -L", "find -- .",
      "find . -name", "find . -name -print", "find . \\(", "find . \\)", "find . \\( \\)", "find . -print -o",
      "find . -o -print", "find . -print -a -o -print", "find . '!'", "find . -not", "find . \\( -print",
      "find . -print \\)",
      "find . -print x", "find . , -print", "find ) -print", "find , x", "find . -type l", "find . -type f,d",
      "find . -nam x",
      "find . -name=x", "find . -print -L", "find . -size x", "find . -name *.log", "find . -perm -u+s",
      "find -O3 .", "find -D tree .", "find . -files0-from x", "find . \\( -print -o \\)",
      "find . -maxdepth -1", "find .  -*",
      "find '-x'", "find ''",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }

  @Test("give hints")
  func hints() {
    #expect(refusal(sample, "find . -exec ls")?.hint == "find runs nothing here")
    #expect(refusal(sample, "find . -name *.log")?.hint == "quote it: -name '*.log'")
    #expect(refusal(sample, "find . -print x")?.reason == "find: path `x` stands after the expression")
    #expect(refusal(sample, "find . -nam x")?.hint == "write -name")
  }

  @Test("hold start paths and files in predicates against the denylist")
  func secrets() {
    for line in [
      "find /root", "find /var /root/x", "find . -newer /etc/shadow", "find /root/* -print",
      "find /root/../root",
    ] {
      #expect(refusal(sample, line)?.kind == .secret, "\(line)")
    }
    #expect(refusal(sample, "find / -print") == nil)
  }
}
