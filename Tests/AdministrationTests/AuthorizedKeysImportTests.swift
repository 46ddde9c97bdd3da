import Policy
import SecretPaths
import Testing

@testable import Administration

private let keys = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILHAtKtPUwIcnQ2gQMYbKKyuKThTmVa36pT2lxOIhTPF",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP98yOjZttExUeOEVXcvVdgiOPypvrxb+SlIoq53xw6N",
]
private let place = SourceLocation(file: "p.yaml", line: 3, column: 5)

private func imported(_ text: String, agents: [Agent] = [], authorities: [String] = []) throws
  -> AuthorizedKeysImport
{
  let policy = Policy(
    commands: [], secrets: SecretPaths([]), agents: agents,
    authorities: try authorities.map { try PublicKey(parsing: $0) })
  return AuthorizedKeysImport(text, into: policy, roles: ["r"])
}

@Suite("A line of authorized_keys")
struct AuthorizedKeysLineTests {
  @Test func hasOptionsInQuotesAndWithout() throws {
    let line = try AuthorizedKeysLine.read(
      " \trestrict,Command=\"a \\\"b\\\", c\",from=\"10.0.0.0/8\"\t \(keys[0]) me too")
    #expect(
      line?.options == [
        .init(name: "restrict"), .init(name: "command", value: "a \"b\", c"),
        .init(name: "from", value: "10.0.0.0/8"),
      ])
    #expect(line?.key.comment == "me too")
    #expect(try AuthorizedKeysLine.read(keys[0])?.options == [])
    for empty in ["", "  ", "# ssh-ed25519", "\t#"] { #expect(try AuthorizedKeysLine.read(empty) == nil) }
  }

  @Test(
    "is refused for what is wrong with it",
    arguments: [
      ("ssh-ed25519 AAAA", .key(.malformed("ssh-ed25519"))), ("ssh-dss AAAA x", .key(.dsa)),
      ("restrict ssh-dss AAAA x", .key(.dsa)), ("command=\"x \(keys[0])", .options),
      ("command=x \(keys[0])", .options), ("restrict,\(keys[0])", .key(.unknownType(""))),
      ("restrict, \(keys[0])", .options), ("restrict", .options), ("hello world", .key(.unknownType(""))),
      ("-----BEGIN OPENSSH PRIVATE KEY-----", .key(.privateKey)),
      ("ssh-ed25519-cert-v01@openssh.com AAAA", .key(.certificate)),
    ] as [(String, AuthorizedKeysLine.Failure)])
  func mistakes(text: String, expected: AuthorizedKeysLine.Failure) {
    #expect(throws: expected) { try AuthorizedKeysLine.read(text) }
  }
}

@Suite("An import of authorized_keys")
struct AuthorizedKeysImportTests {
  @Test func takesOverNetworksAndExpiry() throws {
    let result = try imported(
      "from=\"10.0.0.0/8,::ffff:192.0.2.1\",expiry-time=\"203012311830Z\" \(keys[0]) claude\n")
    #expect(result.errors == [])
    #expect(result.notes == [])
    let agent = try #require(result.agents.first)
    #expect(agent.name == "claude")
    #expect(agent.keys == [keys[0] + " claude"])
    #expect(agent.roles == ["r"])
    #expect(agent.networks == ["10.0.0.0/8", "192.0.2.1"])
    #expect(agent.expiry == "2030-12-31T18:30:00Z")
  }

  @Test func saysWhatIsLeftOut() throws {
    let result = try imported("restrict,command=\"x\",verify-required \(keys[0]) a\n")
    #expect(
      result.notes.map(\.text) == [
        "a: verify-required is not demanded any more: keyhole cannot see it",
        "a: left out, since keyhole restricts by itself: restrict, command",
      ])
  }

  @Test func namesAgentsAfterCommentsEachOnce() throws {
    let known = Agent(name: "a-b", keys: [], roles: [], commands: .all, location: place)
    let result = try imported(
      "# head\n\(keys[0]) a@b\n\n\(keys[1]) a b\n\(keys[2])\n", agents: [known])
    #expect(result.agents.map(\.name) == ["a-b-2", "a-b-3", "agent-5"])
    #expect(result.notes.map(\.line) == [2, 4, 5])
    #expect(try imported("\(keys[0]) ../é/..\n").agents.map(\.name) == ["..-.."])
  }

  @Test func namesEveryLineThatIsWrong() throws {
    let known = Agent(
      name: "old", keys: [try PublicKey(parsing: keys[1])], roles: [], commands: .all, location: place)
    let result = try imported(
      """
      \(keys[0]) a
      \(keys[0]) again
      \(keys[1]) b
      nonsense
      from="*.example.com" \(keys[2]) c
      """, agents: [known])
    #expect(result.errors.map(\.line) == [2, 3, 4, 5])
    #expect(result.errors[0].text == "the same key stands on line 1")
    #expect(result.errors[1].text == "the key is agent old's already: p.yaml:3:5")
    #expect(result.errors[3].text.contains("patterns and exclusions have no meaning here"))
  }

  @Test func makesAuthoritiesOfKeysThatAre() throws {
    let result = try imported(
      "cert-authority,principals=\"x\" \(keys[0]) ca\ncert-authority \(keys[1])\n\(keys[2]) a\n",
      authorities: [keys[1]])
    #expect(result.errors == [])
    #expect(result.authorities == [keys[0] + " ca"])
    #expect(result.agents.map(\.name) == ["a"])
    #expect(result.notes.map(\.line) == [1, 1, 2])
    #expect(try imported("\(keys[1]) a\n", authorities: [keys[1]]).errors.count == 1)
  }

  @Test(
    "reads times as sshd does",
    arguments: [("20301231Z", "2030-12-31T00:00:00Z"), ("20301231235959Z", "2030-12-31T23:59:59Z")])
  func times(option: String, expected: String) throws {
    #expect(try imported("expiry-time=\"\(option)\" \(keys[0]) a\n").agents.first?.expiry == expected)
  }

  @Test(arguments: ["2030", "20301331Z", "2030123124Z", "203012312460Z", "x"])
  func refusesOtherTimes(option: String) throws {
    #expect(try imported("expiry-time=\"\(option)\" \(keys[0]) a\n").errors.map(\.line) == [1])
  }
}

@Suite("A new agent's text")
struct AgentTextTests {
  @Test func isAFileAsTheFormatterLaysItOut() throws {
    let agent = AgentText(
      name: "true", about: "a: b # c", keys: ["\(keys[0]) it's \u{1b}[1m"], principals: ["a@b"], roles: ["r"],
      networks: ["10.0.0.0/8", "::1"], expiry: "2030-12-31", limits: AgentLimits(connections: 1, calls: 2))
    let bytes = try AgentText.file(of: [agent], authorities: [keys[1]])
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        agents:
          'true':
            about: 'a: b # c'
            keys:
              - "\(keys[0]) it's \\u001b[1m"
            principals: ['a@b']
            roles: [r]
            from: [10.0.0.0/8, '::1']
            expires: 2030-12-31
            limits: {connections: 1, calls: 2}
        certificate-authorities:
          - \(keys[1])

        """)
  }

  @Test(
    "ends after so many days, weeks or hours",
    arguments: [("30d", "2026-07-01"), ("2w", "2026-06-15"), ("12h", "2026-06-02T00:00:00Z")])
  func fromNow(option: String, expected: String) throws {
    #expect(try ExpiryOption.text(option, now: 1_780_315_200) == expected)
  }

  @Test(arguments: ["2026-05-31", "0d", "-1d", "+1d", "soon", "5m", "2026-06-01T11:59:59Z"])
  func doesNotEndBeforeItBegins(option: String) {
    #expect(throws: AgentFailure.self) { try ExpiryOption.text(option, now: 1_780_315_200) }
  }
}
