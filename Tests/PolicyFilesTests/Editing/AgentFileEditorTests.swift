import PolicyFiles
import Testing

@Suite("A change to an agent in its file")
struct AgentFileEditorTests {
  static let blocks = """
    # Who may come.
    roles: {r: {commands: all}}
    agents:   # by name

      # The web team's.
      claude:
        keys:
          - ssh-ed25519 AAAA one   # laptop
          # the next is in the safe
          - ssh-ed25519 BBBB two
        roles: [r]  # all of it
        suspended: false   # until Monday

      bob:
        keys: ["ssh-ed25519 CCCC"]  # his
        roles:
        - r
      # About eve.
      eve: {keys: ["ssh-ed25519 DDDD, {", 'it''s'], roles: [r], suspended: true}
    # The end.
    hints: {a: b}

    """

  private func applied(
    _ change: AgentFileChange, to agent: String, in text: String = blocks
  ) throws -> String {
    String(decoding: try AgentFileEditor(Array(text.utf8)).applying(change, to: agent), as: UTF8.self)
  }

  private func expect(
    _ change: AgentFileChange, to agent: String, replaces old: String, with new: String,
    in text: String = blocks, _ location: Testing.SourceLocation = #_sourceLocation
  ) throws {
    #expect(text.contains(old), sourceLocation: location)
    let expected = text.replacing(old, with: new)
    #expect(try applied(change, to: agent, in: text) == expected, sourceLocation: location)
  }

  @Test func replacesAValueAndKeepsTheCommentBehindIt() throws {
    try expect(
      .set(key: "suspended", value: "'why, you #ask'"), to: "claude", replaces: "suspended: false   #",
      with: "suspended: 'why, you #ask'   #")
    try expect(.set(key: "roles", value: "[r, s]"), to: "claude", replaces: "[r]  #", with: "[r, s]  #")
    try expect(
      .set(key: "keys", value: "[x]"), to: "bob", replaces: "keys: [\"ssh-ed25519 CCCC\"]  #",
      with: "keys: [x]  #")
  }

  @Test func replacesAValueOfSeveralLines() throws {
    try expect(
      .set(key: "keys", value: "[x]"), to: "claude",
      replaces:
        "keys:\n      - ssh-ed25519 AAAA one   # laptop\n      # the next is in the safe\n      - ssh-ed25519 BBBB two\n",
      with: "keys: [x]\n")
    try expect(
      .set(key: "roles", value: "[s]"), to: "bob", replaces: "roles:\n    - r\n", with: "roles: [s]\n")
  }

  @Test func addsAKeyBehindTheOthers() throws {
    try expect(
      .set(key: "suspended", value: "true"), to: "bob", replaces: "    - r\n",
      with: "    - r\n    suspended: true\n")
    try expect(
      .set(key: "expires", value: "2030-01-01"), to: "eve", replaces: "suspended: true}",
      with: "suspended: true, expires: 2030-01-01}")
  }

  @Test func replacesInBrackets() throws {
    try expect(
      .set(key: "suspended", value: "because"), to: "eve", replaces: "suspended: true}",
      with: "suspended: because}")
    try expect(
      .set(key: "keys", value: "[x]"), to: "eve", replaces: "[\"ssh-ed25519 DDDD, {\", 'it''s']", with: "[x]")
  }

  @Test func removesAKey() throws {
    try expect(
      .remove(key: "suspended"), to: "claude", replaces: "    suspended: false   # until Monday\n", with: "")
    try expect(.remove(key: "suspended"), to: "eve", replaces: ", suspended: true", with: "")
    try expect(
      .remove(key: "keys"), to: "eve", replaces: "keys: [\"ssh-ed25519 DDDD, {\", 'it''s'], ", with: "")
  }

  @Test func appendsToALists() throws {
    try expect(
      .append(key: "keys", item: "x y"), to: "claude", replaces: "BBBB two\n", with: "BBBB two\n      - x y\n"
    )
    try expect(.append(key: "keys", item: "x"), to: "bob", replaces: "CCCC\"]", with: "CCCC\", x]")
    try expect(.append(key: "roles", item: "s"), to: "bob", replaces: "    - r\n", with: "    - r\n    - s\n")
    try expect(.append(key: "keys", item: "x"), to: "eve", replaces: "'it''s']", with: "'it''s', x]")
  }

  @Test func removesAnAgentAndNoComment() throws {
    try expect(
      .removeAgent, to: "bob",
      replaces: "  bob:\n    keys: [\"ssh-ed25519 CCCC\"]  # his\n    roles:\n    - r\n", with: "")
    let last = try applied(.removeAgent, to: "eve")
    #expect(last.contains("  # About eve.\n# The end."))
    let flow = "agents: {a: {roles: [r]}, b: {roles: [r]}, c: {roles: []}}"
    #expect(try applied(.removeAgent, to: "b", in: flow) == "agents: {a: {roles: [r]}, c: {roles: []}}")
    #expect(try applied(.removeAgent, to: "c", in: flow) == "agents: {a: {roles: [r]}, b: {roles: [r]}}")
    #expect(try applied(.removeAgent, to: "a", in: "agents: {a: {roles: [r]}}") == "agents: {}")
  }

  @Test func leavesAnEmptyMappingBehindTheLastAgent() throws {
    let text = "# Head.\nagents:  # by name\n  # a\n  a:\n    roles: [r]\n\n  # rest\nroles: {}\n"
    #expect(
      try applied(.removeAgent, to: "a", in: text)
        == "# Head.\nagents: {}  # by name\n  # a\n\n  # rest\nroles: {}\n")
  }

  @Test func findsItsPlaceInAnyLayout() throws {
    for text in [
      "agents:\n    a:\n          roles:   [r]",
      "agents:\n  a: {roles: [r],\n      # odd\n    keys: ['x']  # there\n  }\n",
      "agents: {a: {\n  roles: [r]\n}}",
      "\"agents\":\n  'a':\n    \"roles\": [r]\n...\n",
      "agents:\r\n  a:\r\n    roles: [r]\r\n",
      "agents:\n  ä: {roles: []}\n  a: {about: \"ü, }\", roles: [r]}\n",
    ] {
      let changed = try applied(.set(key: "suspended", value: "'a: b'"), to: "a", in: text)
      #expect(changed.contains("suspended: 'a: b'"), "\(text)")
      #expect(changed.count - text.count >= "suspended: 'a: b'".count)
    }
  }

  @Test func isNotMadeWhereItCannotBeProven() throws {
    for text in [
      "agents:\n  b: &x {roles: [r]}\n  a: *x\n",
      "agents:\n  a: {roles: [r]}\n  a: {}\n",
      "agents: []", "agents:\n  b: {}\n", "- a", "agents: {a: [",
    ] {
      #expect(throws: AgentFileError.self, "\(text)") {
        try applied(.set(key: "suspended", value: "true"), to: "a", in: text)
      }
    }
  }

  @Test func knowsAFileThatHoldsOneAgentOnly() {
    #expect(AgentFileEditor(Array("# c\nagents:\n  a: {roles: []}\n".utf8)).holdsOnly("a"))
    #expect(!AgentFileEditor(Array("agents:\n  a: {roles: []}\n  b: {}\n".utf8)).holdsOnly("a"))
    #expect(!AgentFileEditor(Array("agents: {a: {}}\nroles: {}\n".utf8)).holdsOnly("a"))
  }
}
