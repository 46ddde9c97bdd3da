import Policy
import Testing

@Suite("Argument types")
struct ArgumentTypeTests {
  static let accepted: [(String, [String])] = [
    ("path", ["/etc/hosts", "a b", "-", "./-x", "..", "ü", String(repeating: "a", count: 4_095)]),
    ("directory", ["/", "/var/log", "."]),
    (
      "unit",
      ["nginx", "ssh.service", "nginx*", "user@1000.service", "dev-disk-by\\x2dlabel.device", "-.mount"]
    ),
    ("count 0..5000", ["0", "5000", "50"]),
    ("count -10..10", ["-10", "+10", "0", "-1", "+1", "7"]),
    ("duration", ["10s", "5m", "2h", "1d", "300ms", "3w", "10min"]),
    ("size", ["100k", "10M", "1GiB", "+10M", "-10k", "512c", "2w", "8b", "100", "4kB"]),
    ("time", ["yesterday", "-1h", "2 hours ago", "2026-01-01 10:00", "@1700000000", "+1d"]),
    ("one of [emerg, a-b, 3]", ["emerg", "a-b", "3"]),
    ("pattern", ["", "a|b", "-x", "^é.*$", String(repeating: "x", count: 1_024)]),
    ("pid", ["1", "4194304"]),
    ("user", ["root", "systemd-journal", "_apt", "1000", "host$", "a.b", "Ann"]),
    ("group", ["adm", "0"]),
    ("interface", ["eth0", "br-lan", "wg0.1", "lo", "enp0s31f6"]),
    (
      "address",
      [
        "10.0.0.1", "10.0.0.0/8", "::", "::1", "fe80::1", "2001:db8::/32", "::ffff:1.2.3.4",
        "1:2:3:4:5:6:7:8", "1::",
      ]
    ),
    ("host", ["example.org", "a", "web-02", "example.org.", "_dmarc.example.org", "10.0.0.1", "::1"]),
    ("word /[a-z]+/", ["abc"]),
  ]

  static let refused: [(String, [String])] = [
    ("path", ["", "-x", "--", "-e/etc/passwd", "a\u{0}b", String(repeating: "a", count: 4_096)]),
    ("directory", ["", "-", "-x"]),
    ("unit", ["", "a b", "a/b", "a;b", "ü", "$x", String(repeating: "a", count: 257)]),
    (
      "count 0..5000",
      ["", "5001", "-1", "+1", "1e3", "0x10", "010", " 1", "1 ", "99999999999999999999", "५"]
    ),
    ("count -10..10", ["-11", "+11", "--1", "-", "+", "+-1"]),
    ("duration", ["", "10", "s", "10 s", "1h30m", "-1h", "1y", "1234567890s"]),
    ("size", ["", "k", "10Z", "10iB", "10MiBB", "+", "--1", "1.5M", "10 M", "10kk"]),
    ("time", ["", "a;b", "`x`", "$(x)", "a/b", "ü", String(repeating: "1", count: 65)]),
    ("one of [emerg, a-b, 3]", ["", "EMERG", "emer", "emerg "]),
    ("pattern", ["a\u{0}", String(repeating: "x", count: 1_025)]),
    ("pid", ["0", "-1", "4194305", "self", "1/..", "01"]),
    ("user", ["", "-root", "a b", "a:b", "$", "a$b", "../x", String(repeating: "a", count: 33)]),
    ("group", ["", "-g", "a,b"]),
    ("interface", ["", "-eth0", "eth0/", "..", ".", "a b", "0123456789abcdef"]),
    (
      "address",
      [
        "", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0/33", "::/129", ":::", "1::2::3", ":1", "1:",
        "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "1.2.3.4::", "::1/", "/8",
      ]
    ),
    (
      "host",
      [
        "", "-a", "a-", "a..b", ".a", ".", "a b", "a/b", "a@b", "10.0.0.0/8",
        String(repeating: "a", count: 64),
      ]
    ),
    ("word /[a-z]+/", ["", "abC", "a b", "abc\n"]),
  ]

  @Test("accept what they say", arguments: accepted)
  func accepts(type: String, values: [String]) throws {
    let type = try argumentType(type)
    for value in values {
      let mismatch = type.accepts(value)
      #expect(mismatch == nil, "\(type) should take \(value)")
    }
  }

  @Test("refuse the rest with a reason", arguments: refused)
  func refuses(type: String, values: [String]) throws {
    let type = try argumentType(type)
    for value in values {
      let mismatch = type.accepts(value)
      #expect(mismatch?.reason.isEmpty == false, "\(type) should not take \(value)")
    }
  }

  @Test("have a test each")
  func allCovered() {
    let names = Set(Self.accepted.map { $0.0.split(separator: " ")[0] })
    #expect(names.count == 16)
    #expect(Set(Self.refused.map { $0.0.split(separator: " ")[0] }) == names)
  }

  @Test(
    "take a word of its own that begins with `-` only as `-`, negative number or size",
    arguments: [
      ("path", "-", true), ("path", "-x", false), ("count -5..5", "-3", true), ("count 0..5", "-3", false),
      ("size", "-10k", true), ("size", "-k", false), ("pattern", "-x", false), ("time", "-1h", false),
      ("unit", "-.mount", false), ("word /-[a-z]/", "-x", false), ("one of [-a, b]", "-a", false),
    ])
  func separateWords(type: String, value: String, isAccepted: Bool) throws {
    #expect(try (argumentType(type).acceptsSeparate(value) == nil) == isAccepted)
  }

  @Test("cut and clean the value in their reasons")
  func reasons() throws {
    let mismatch = try #require(
      try argumentType("unit").accepts("\u{1B}[2J" + String(repeating: "x", count: 5_000)))
    #expect(!mismatch.reason.utf8.contains(0x1B))
    #expect(mismatch.reason.utf8.count < 200)
  }

  private func argumentType(_ text: String) throws -> ArgumentType {
    try OperandPattern.Item(parsing: text).type
  }
}

@Suite("The text of types")
struct TypeSyntaxTests {
  @Test(
    "prints back as it was read",
    arguments: [
      "path", "count 0..5000", "count -5..5", "one of [a, b]", "word /a{1,2}[/?*]/", "unit", "interface",
    ])
  func roundTrip(text: String) throws {
    #expect(try OperandPattern.Item(parsing: text).description == text)
  }

  @Test("takes quantifiers and conditions")
  func operands() throws {
    let item = try OperandPattern.Item(parsing: "pattern+ unless -e, --file")
    #expect(item.type == .pattern)
    #expect(item.quantity == .atLeastOne)
    #expect(item.unless == ["-e", "--file"])
    #expect(try OperandPattern.Item(parsing: "one of [show, list]?").quantity == .optional)
    #expect(try OperandPattern.Item(parsing: "word /a?/*").quantity == .any)
    #expect(try OperandPattern.Item(parsing: "count 0..5?").type == .count(0...5))
  }

  @Test("takes flags, optional values and repetition")
  func options() throws {
    #expect(try OptionRule(names: ["-f"], parsing: "flag").value == .flag)
    #expect(try OptionRule(names: ["-f"], parsing: "flag, repeated").isRepeatable)
    #expect(try OptionRule(names: ["-b"], parsing: "optional pid").value == .optional(.pid))
    #expect(
      try OptionRule(names: ["-p"], parsing: "one of [a, b], repeated").value
        == .required(.choice(["a", "b"])))
  }

  @Test(
    "says where it is wrong",
    arguments: [
      ("paht", 0, "did you mean path?"), ("count", 5, "such as count 0..5000"),
      ("count 5..1", 6, "such as count 0..5000"),
      ("one [a]", 0, ""), ("one of a", 7, "such as one of [a, b]"), ("one of [a,, b]", 7, ""),
      ("word x", 5, "such as word /[a-z]+/"), ("word /x", 5, ""), ("word /a(b/", 7, ""), ("path!", 4, nil),
      ("path unless", 11, "such as `unless -e, -f`"), ("flag", 0, nil), ("", 0, nil),
    ] as [(String, Int, String?)])
  func mistakes(text: String, offset: Int, hint: String?) {
    let error = #expect(throws: TypeSyntaxError.self) { try OperandPattern.Item(parsing: text) }
    #expect(error?.offset == offset)
    if let hint { #expect(error?.hint == hint) }
  }

  @Test("refuses what follows a comma unless it is `repeated`")
  func comma() {
    let error = #expect(throws: TypeSyntaxError.self) { try OptionRule(names: ["-x"], parsing: "unit, many") }
    #expect(error?.offset == 6)
  }
}
