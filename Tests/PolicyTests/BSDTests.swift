import Policy
import Testing

@Suite("bsd")
struct BSDTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "ps", .bsd,
        options: [
          ("a", "flag"), ("x", "flag"), ("u", "flag"), ("w", "flag, repeated"), ("f", "flag"), ("l", "flag"),
          ("o", "word /[a-z]+(,[a-z]+)*/"), ("k", "word /-?[a-z]+/"), ("-e", "flag"), ("-f", "flag"),
          ("-p, --pid", "pid"), ("-o", "word /[a-z,=]+/"), ("--sort", "word /[-+]?[a-z]+/"),
        ], operands: ["pid*"], exclusive: [["u", "-f"]]))
  }

  @Test(
    "takes letters without a dash in the first word, and keeps them together",
    arguments: [
      ("ps aux", ["ps", "aux"]), ("ps axo pid,cmd", ["ps", "axo", "pid,cmd"]),
      ("ps axopid,cmd", ["ps", "axo", "pid,cmd"]), ("ps auxww --sort=-rss", ["ps", "auxww", "--sort=-rss"]),
      ("ps u -p 1", ["ps", "u", "-p", "1"]), ("ps -ef", ["ps", "-e", "-f"]), ("ps", ["ps"]),
      ("ps axk-rss", ["ps", "axk-rss"]), ("ps 1 2", ["ps", "1", "2"]), ("ps l 1", ["ps", "l", "1"]),
      ("ps --pid=1 -o pid=", ["ps", "--pid=1", "-o", "pid="]),
      ("ps x -eo pid", ["ps", "x", "-e", "-o", "pid"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "refuses letters that are not listed, and letters elsewhere",
    arguments: [
      "ps auxe", "ps eww", "ps e", "ps aa", "ps aux e", "ps -e aux", "ps -p 1 u", "ps axo", "ps axo PID",
      "ps axoe,-x",
      "ps axo -x", "ps aux*", "ps -aux", "ps aux --", "ps axk -rss", "ps éa", "ps u -f", "ps aux f", "ps x1",
      "ps ''",
      "ps o pid,cmd e", "ps a=b",
    ].filter { $0 != "ps aux --" })
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }

  @Test("names the letter that is refused and those that are not")
  func refusals() {
    let found = refusal(sample, "ps auxe")
    #expect(found?.reason == "ps: letter `e` of `auxe` is not allowed")
    #expect(found?.hint == "letters: a x u w f l o k")
  }
}

@Suite("assignments")
struct AssignmentTests {
  let sample: Policy

  init() throws {
    sample = try policy(
      rule(
        "dd", .assignments,
        options: [
          ("if", "path"), ("bs", "size"), ("count", "count 0..100"), ("status", "one of [none, noxfer]"),
          ("conv", "word /-?[a-z]+/, repeated"),
        ], required: ["count"]),
      secrets: [("/etc/shadow", "password hashes")])
  }

  @Test(
    "are words of a name and a value, in any order",
    arguments: [
      ("dd if=/dev/zero bs=1M count=1", ["dd", "if=/dev/zero", "bs=1M", "count=1"]),
      ("dd count=1 if=a=b", ["dd", "count=1", "if=a=b"]),
      ("dd count=1 conv=a conv=-b", ["dd", "count=1", "conv=a", "conv=-b"]),
      ("dd 'count=1'", ["dd", "count=1"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "are refused with another name, twice, or with a value of another type",
    arguments: [
      "dd of=/x count=1", "dd if=a", "dd count=1 count=2", "dd count=1 bs=x", "dd count=1 if=/etc/shadow",
      "dd count=1 x",
      "dd count=1 --help", "dd count=1 if", "dd count=1 if=*", "dd count=1 =x", "dd count=1 -if=x",
      "dd count=1 IF=x",
      "dd count=1 if=", "dd count=101", "dd count=1 if=-x",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }
}

@Suite("Abbreviations")
struct AbbreviationTests {
  let sample: Policy

  init() throws {
    let rules = VerbTable([
      try verb("address", operands: ["one of [show, list]?", "one of [dev]?", "interface?"]),
      try verb("addrlabel", operands: ["one of [list]?"]),
      try verb("route", operands: ["one of [show, get]?", "address?"]),
      try verb("rule", operands: ["one of [show]?"]),
      try verb("neighbour", "neighbor", operands: ["one of [show]?"]),
    ])
    sample = try policy(
      rule("ip", .verbsWords, options: [], verbs: rules, abbreviates: true),
      rule("exact", .verbsWords, options: [], verbs: rules))
  }

  @Test(
    "stand for the first word of the table, which is what runs",
    arguments: [
      ("ip a", ["ip", "address"]), ("ip a s", ["ip", "address", "show"]), ("ip addrl", ["ip", "addrlabel"]),
      ("ip r", ["ip", "route"]), ("ip ru s", ["ip", "rule", "show"]),
      ("ip r g 10.0.0.1", ["ip", "route", "get", "10.0.0.1"]),
      ("ip neighbor", ["ip", "neighbour"]), ("ip n s", ["ip", "neighbour", "show"]),
      ("ip a show d eth0", ["ip", "address", "show", "dev", "eth0"]),
      ("ip address list", ["ip", "address", "list"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "are of the beginning, and only where the rule says so",
    arguments: [
      "ip x", "ip ''", "ip A", "ip ddress", "ip r add", "ip route se", "exact a", "exact route s",
      "ip a s s s", "ip 'a*'",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }
}
