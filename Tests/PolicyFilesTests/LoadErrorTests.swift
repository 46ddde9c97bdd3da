import Policy
import PolicyFiles
import Testing

@Suite("A mistake in a policy is shown at its place")
struct LoadErrorTests {
  @Test(
    "in one command",
    arguments: [
      ("option: {}", "5:5: unknown key `option` in command cat"),
      ("options: {-n: flg}", "5:19: unknown type `flg`"),
      ("options: {'-n': \"count 5..1\"}", "5:28: `count` needs a range"),
      ("options: {-n: word /a(b/}", "5:26: `(` without `)`"),
      ("options: {n: flag}", "5:15: `n` does not begin with `-`"),
      ("options: {-nx: flag}", "5:15: `-nx` is neither a letter after `-` nor a word after `--`"),
      ("options: {\"-n, --n, -n\": flag}", "5:25: option `-n` stands twice"),
      ("options: {-NUM: flag}", "5:21: -NUM stands alone and takes a count"),
      ("options: [a]", "5:14: options must be a mapping"),
      ("arguments: getop", "5:16: unknown convention `getop`"),
      ("separator: maybe", "5:16: separator must be true or false"),
      ("fixed: -x", "5:12: fixed must be a list"),
      ("required: [--nope]", "5:16: `--nope` in required is not among the options"),
      ("exclusive: [[-a]]", "5:18: `-a` in a group of exclusive is not among the options"),
      ("maximum-operands: 0", "5:23: maximum-operands must be above zero and not beyond all measure"),
      ("limits: {time: 30}", "5:20: `30` is not a value for time"),
      ("limits: {memory: 256MB}", "5:22: `256MB` is not a value for memory"),
      ("limits: {tme: 30s}", "5:14: unknown key `tme` in limits"),
      ("limits: {time: 0s}", "5:20: time must be above zero and not beyond all measure"),
      ("needs: {netlink: [rout]}", "5:23: unknown netlink family `rout`"),
      ("needs: {sockets: [run/x]}", "5:23: a socket must be an absolute path"),
      ("needs: {read: [/a/../b]}", "5:23: the pattern has a component . or .."),
      ("needs: {groups: [a b]}", "5:22: `a b` is not a group"),
      ("environment: {LD_PRELOAD: x}", "5:19: `LD_PRELOAD` decides which code runs and cannot be set"),
      ("environment: {a-b: x}", "5:19: `a-b` is not a variable's name"),
      ("hints: {-x: ''}", "5:17: a hint must be one line, and not empty"),
      ("verbs: {status: {operands: none}}", "5:5: `verbs` needs a convention with verbs"),
      ("default-verb: status", "5:5: `default-verb` needs a convention with verbs"),
    ])
  func inCommand(line: String, expected: String) throws {
    let policy = try TemporaryPolicy(["a.yaml": command(line), "secrets.yaml": secretsFile])
    #expect(policy.errors == ["a.yaml:" + expected])
  }

  @Test(
    "in a whole file",
    arguments: [
      (
        "commands: {help: {exec: /x, about: x, allow: [x], deny: [x]}}",
        ["1:12: `help` is built in and cannot be defined"]
      ),
      (
        "commands: {c t: {exec: /x, about: x, allow: [x], deny: [x]}}",
        ["1:12: a command's name has letters, digits and - _ . + only, up to 64"]
      ),
      (
        "commands:\n  cat:\n    about: x",
        [
          "2:3: command cat has no `exec`", "2:3: command cat has no `allow`",
          "2:3: command cat has no `deny`",
        ]
      ),
      ("commands:\n  cat:", ["2:3: command cat must be a mapping"]),
      (
        "commands:\n  x: {exec: /x, about: x, operands: [path with -e], allow: [x], deny: [x y]}",
        ["2:38: `-e` after `with` is not among the options"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: assignments, options: {a: flag}, allow: [x], deny: [x y]}",
        ["2:64: a word `name=value` has a value"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: assignments, options: {-a: path}, allow: [x], deny: [x y]}",
        ["2:61: `-a` begins with `-`: names stand before a `=`"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: bsd, options: {ab: flag}, allow: [x], deny: [x y]}",
        ["2:53: `ab` is neither a letter nor begins with `-`"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: bsd, options: {a: optional pid}, allow: [x], deny: [x y]}",
        ["2:56: `optional` is for getopt and posix only"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, abbreviations: true, allow: [x], deny: [x y]}",
        ["2:27: `abbreviations` are for verbs-words only"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, options: {-u: pid}, required: [-u when x], allow: [x], deny: [x y]}",
        ["2:58: `-u when x` is neither an option nor `OPTION when $name`"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, options: {-u: pid in $x}, allow: [x], deny: [x y]}",
        ["2:45: `pid` takes no variable"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: find, options: {-x: awk-program}, allow: [x], deny: [x y]}",
        ["2:58: find takes no program"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, needs: {read: [$]}, allow: [x], deny: [x y]}",
        ["2:42: `$` is not a variable"]
      ),
      (
        "commands:\n  cat: {exec: cat, about: x, allow: [], deny: [x]}",
        ["2:15: exec must be an absolute path", "2:37: `allow` needs at least one example"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, operands: path, allow: [x], deny: [x]}",
        ["2:37: `operands` must be `none` or a list of types"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, operands: [path unless -e], allow: [x], deny: [x]}",
        ["2:38: `-e` after `unless` is not among the options"]
      ),
      (
        "commands:\n  x: {exec: /x, about: \"a\\nb\", allow: [x], deny: [x -x]}",
        ["2:24: about must be one line, and not empty"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: find, options: {name: flag}, allow: [x], deny: [x y]}",
        ["2:54: `name` does not begin with `-`"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: words, options: {a: optional pid}, allow: [x], deny: [x y]}",
        ["2:58: `optional` is for getopt and posix only"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: verbs-words, allow: [x], deny: [x y]}",
        ["2:6: a command with verbs needs `verbs`"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: verbs-words, verbs: {\"a, a\": {}}, default-verb: b, allow: [x], deny: [x y]}",
        ["2:63: verb `a` stands twice", "2:86: `b` is not among the verbs"]
      ),
      (
        "commands:\n  x: {exec: /x, about: x, arguments: verbs-getopt, operands: none, verbs: {a: {options: {-x: flag}}, b: {options: {-x: pid}}}, allow: [x a], deny: [x y]}",
        [
          "2:52: `operands` of a command with verbs stand with each verb",
          "2:106: option `-x` takes a value with one verb and none with another",
        ]
      ),
      ("secret: []", ["1:1: unknown key `secret` in a policy file"]),
      ("secrets: [/etc/shadow]", ["1:11: a secret needs a path and a reason"]),
      ("secrets: [{path: etc/shadow, reason: x}]", ["1:18: the pattern does not begin with /"]),
      ("secrets: [{path: /etc/, reason: x}]", ["1:18: the pattern ends with /"]),
      ("secrets: [{path: /etc/./x, reason: x}]", ["1:23: the pattern has a component . or .."]),
      (
        "secrets: [{path: /etc/x, reson: x}]",
        ["1:26: unknown key `reson` in a secret", "1:11: a secret needs a path and a reason"].sorted()
      ),
      ("public: [usr]", ["1:10: a public tree must be an absolute path"]),
      ("roles:\n  a: {commands: some}", ["2:17: `commands` must be `all` or a list of names"]),
      ("roles:\n  a: {}", ["2:3: role a has no `commands`"]),
      ("agents:\n  a: {keys: []}", ["2:3: agent a needs `keys` and `roles`"]),
      (
        "agents:\n  a b: {keys: [], roles: []}",
        ["2:3: a name of an agent has letters, digits and - _ . only, up to 64"]
      ),
      (
        "agents:\n  a: {keys: [ssh-ed25519 AAAA], roles: []}",
        ["2:14: the key is not a well-formed ssh-ed25519 key"]
      ),
      (
        "agents:\n  a: {keys: [], roles: [], suspended: yes}",
        ["2:39: suspended must be true, false or a reason"]
      ),
      ("- a", ["1:1: a policy file must be a mapping"]),
      (
        "roles: {a: [}",
        [
          "1:13: not YAML: did not find expected node content (while parsing a flow node that began on line 1)"
        ]
      ),
      (
        "roles:\n\ta: 1",
        [
          "2:1: not YAML: found character that cannot start any token (while scanning for the next token that began on line 2)"
        ]
      ),
      ("roles: {a: {commands: all}, a: {commands: all}}", ["1:9: key `a` stands twice in this mapping"]),
    ])
  func inFile(text: String, expected: [String]) throws {
    let policy = try TemporaryPolicy(["a.yaml": text])
    #expect(policy.errors.sorted() == expected.map { "a.yaml:" + $0 }.sorted())
  }

  @Test("between files, naming both places")
  func betweenFiles() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command(), "b.yaml": command(), "secrets.yaml": secretsFile,
      "roles.yaml": "roles: {r: {commands: [cat, act]}}", "x/roles.yaml": "roles: {r: {commands: all}}",
    ])
    #expect(
      policy.errors == ["b.yaml:2:3: command `cat` stands twice", "x/roles.yaml:1:9: role `r` stands twice"])
    #expect(policy.diagnostics[0].hint == "it also stands at \(policy.path)/a.yaml:2:3")
  }

  @Test("when a name is not defined anywhere")
  func undefined() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command(), "secrets.yaml": secretsFile,
      "roles.yaml": "roles: {reader: {commands: [cat, act]}}",
    ])
    #expect(policy.errors == ["roles.yaml:1:34: there is no command `act`"])
    let other = try TemporaryPolicy([
      "a.yaml": command(), "secrets.yaml": secretsFile, "roles.yaml": "roles: {reader: {commands: all}}",
      "agents.yaml": "agents:\n  claude: {keys: [], roles: [raeder]}",
    ])
    #expect(other.errors == ["agents.yaml:2:30: there is no role `raeder`"])
    #expect(other.diagnostics[0].hint == "did you mean `reader`?")
  }

  @Test("when two agents have one key, without showing it")
  func sharedKey() throws {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk"
    let policy = try TemporaryPolicy([
      "a.yaml": command(), "secrets.yaml": secretsFile,
      "agents.yaml":
        "roles: {r: {commands: all}}\nagents:\n  a: {keys: [\(key) a], roles: [r]}\n  b: {keys: [\(key) b], roles: [r]}",
    ])
    #expect(policy.errors == ["agents.yaml:4:14: agents a and b have the same key"])
    #expect(policy.diagnostics[0].hint.hasSuffix("agents.yaml:3:14"))
    #expect(policy.diagnostics[0].sourceLine == nil)
  }

  @Test("when a private key was pasted, without repeating it")
  func privateKey() throws {
    let policy = try TemporaryPolicy([
      "agents.yaml":
        "agents:\n  a:\n    roles: []\n    keys:\n      - |\n        -----BEGIN OPENSSH PRIVATE KEY-----\n        b3BlbnNzaC1rZXk\n"
    ])
    #expect(policy.errors == ["agents.yaml:5:9: this is a private key"])
    #expect(!policy.diagnostics[0].description.contains("b3BlbnNz"))
  }

  @Test("when a pasted private key breaks the file, without repeating any line of it")
  func privateKeyInBrokenFile() throws {
    let policy = try TemporaryPolicy([
      "agents.yaml": "agents:\n  a:\n    keys: [-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk: }\n"
    ])
    #expect(policy.errors.count == 1)
    #expect(policy.diagnostics[0].sourceLine == nil)
  }

  @Test("with long lines cut and control bytes replaced")
  func longLine() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": "# a\u{85}# b\r\nroles: {xy: {about: \(String(repeating: "x", count: 5_000)), nope: 1}}"
    ])
    let lines = try #require(policy.diagnostics.last).description.split(separator: "\n")
    #expect(lines[1].count < 200)
    #expect(lines[2].last == "^")
    let broken = try TemporaryPolicy(["a.yaml": "roles: {x\u{9B}31my: 1}"])
    #expect(broken.diagnostics.map(\.sourceLine) == ["roles: {x\u{9B}31my: 1}"])
    #expect(broken.diagnostics.allSatisfy { !$0.description.unicodeScalars.contains("\u{9B}") })
    let caret = try #require(lines[2].firstIndex(of: "^"))
    let column = lines[2].distance(from: lines[2].startIndex, to: caret)
    #expect(lines[1].dropFirst(column).hasPrefix("nope"))
  }

  @Test("when there are no commands or no secrets")
  func empty() throws {
    #expect(
      try TemporaryPolicy([:]).errors == [
        ".: the policy has no `commands`", ".: the policy has no `secrets`",
      ])
    #expect(try TemporaryPolicy(["a.yaml": command()]).errors == [".: the policy has no `secrets`"])
    #expect(
      try TemporaryPolicy(["a.yaml": secretsFile, "b.yaml": "# nothing\n"]).errors == [
        ".: the policy has no `commands`"
      ])
  }

  @Test("all of them at once, in order")
  func all() throws {
    let policy = try TemporaryPolicy(["b.yaml": "x: 1\ny: 2", "a.yaml": "z: 3"])
    #expect(policy.errors.map { $0.prefix(10) } == ["a.yaml:1:1", "b.yaml:1:1", "b.yaml:2:1"])
  }

  @Test("with the line, a caret below the place, and a hint")
  func rendering() throws {
    let policy = try TemporaryPolicy(["a.yaml": command("limits: {tme: 30s}"), "secrets.yaml": secretsFile])
    #expect(
      policy.diagnostics[0].description == """
        \(policy.path)/a.yaml:5:14: error: unknown key `tme` in limits
              limits: {tme: 30s}
                       ^
        hint: did you mean `time`?

        """)
  }
}
