import InternetAddresses
import Policy
import PolicyFiles
import Testing

private let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk"
private let otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILHAtKtPUwIcnQ2gQMYbKKyuKThTmVa36pT2lxOIhTPF"

/// A policy with these agents, each a line below `agents:`, and one role `r`.
private func policy(_ agents: String..., more: String = "") throws -> TemporaryPolicy {
  try TemporaryPolicy([
    "a.yaml": command(), "secrets.yaml": secretsFile, "roles.yaml": "roles: {r: {commands: all}}",
    "agents.yaml": "agents:\n" + agents.map { "  \($0)\n" }.joined() + more,
  ])
}

@Suite("An agent in a policy file")
struct AgentLoadTests {
  @Test func hasAllThatItsFileSays() throws {
    let policy = try TemporaryPolicy([
      "a.yaml": command(), "secrets.yaml": secretsFile, "roles.yaml": "roles: {r: {commands: all}}",
      "agents/claude.yaml": """
      agents:
        claude:
          about: looks after the web servers
          keys: ["\(key) claude@build"]
          principals: [claude, claude@example.com]
          roles: [r]
          from: [10.0.0.0/8, "2001:DB8::/32", "::ffff:192.0.2.7"]
          expires: 2026-12-31
          suspended: laptop lost
          limits: {connections: 4, calls: 2}
      certificate-authorities:
        - \(otherKey) ca
      """,
    ]).load()
    let agent = try #require(policy.policy.agents["claude"])
    #expect(agent.about == "looks after the web servers")
    #expect(agent.keys.map(\.comment) == ["claude@build"])
    #expect(agent.principals == ["claude", "claude@example.com"])
    #expect(agent.networks.map(\.description) == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"])
    #expect(agent.expiry?.time == 1_798_761_600)
    #expect(agent.suspension == Suspension(reason: "laptop lost"))
    #expect(agent.limits == AgentLimits(connections: 4, calls: 2))
    #expect(agent.commands == .all)
    #expect(policy.policy.authorities.map(\.comment) == ["ca"])
    #expect(policy.warnings.isEmpty)
  }

  @Test func needsNoKeysWhenItHasPrincipals() throws {
    let sample = try policy(
      "a: {principals: [a], roles: [r]}", more: "certificate-authorities: [\(key)]\n")
    #expect(sample.errors == [])
    #expect(try sample.warnings == [])
    #expect(
      try policy("a: {roles: [r]}").errors == ["agents.yaml:2:3: agent a needs `keys` and `roles`"])
  }

  @Test func isWarnedOfWhenItHasExpired() throws {
    let sample = try policy("a: {keys: [\(key)], roles: [r], expires: 2026-06-01}")
    let june: Int64 = 1_780_272_000
    for (now, expected) in [(june + 86_399, []), (june + 86_400, ["agent a has expired: it is refused"])] {
      let loaded = try PolicyLoader(now: now) { _ in true }.load(directory: sample.path)
      #expect(loaded.warnings.map(\.message) == expected)
      #expect(loaded.warnings.allSatisfy { $0.location.line == 2 && $0.sourceLine != nil })
    }
  }

  @Test(
    "is shown at the place of its mistake",
    arguments: [
      ("from: [10.0.0.1/8]", 7, "the network has bits of a host set: 10.0.0.1 is one address in it"),
      ("from: [example.com]", 7, "this is not an IP address or a network"),
      ("from: [10.0.0.0/33]", 7, "a network has from 0 to 32 bits"),
      ("from: []", 6, "`from` is empty: the agent could connect from nowhere"),
      ("from: 10.0.0.0/8", 6, "from must be a list"),
      ("expires: 2026-02-30", 9, "there is no such date or time"),
      ("expires: 2026-12-31T10:00:00", 9, "the time has no zone"),
      ("expires: soon", 9, "this is not a date or a time"),
      ("suspended: no", 11, "suspended must be true, false or a reason"),
      ("suspended: ''", 11, "suspended must be one line, and not empty"),
      ("limits: {calls: 0}", 16, "calls must be above zero and not beyond all measure"),
      ("limits: {call: 1}", 9, "unknown key `call` in limits of an agent"),
      ("form: [10.0.0.0/8]", 0, "unknown key `form` in agent a"),
      ("principals: [a b]", 13, "a principal has letters, digits and - _ . @ : / + only, up to 128"),
      ("about: \"a\\nb\"", 7, "about must be one line, and not empty"),
    ])
  func mistakes(entry: String, offset: Int, expected: String) throws {
    let start = "  a: {keys: [\(key)], roles: [r], "
    let place = "agents.yaml:2:\(start.utf8.count + offset + 1): "
    #expect(try policy("a: {keys: [\(key)], roles: [r], \(entry)}").errors == [place + expected])
  }

  @Test func isToldWhichNetworkIsMeant() throws {
    let sample = try policy("a: {keys: [\(key)], roles: [r], from: [10.0.0.1/8]}")
    #expect(
      sample.diagnostics[0].hint == "write 10.0.0.0/8 for the network, or 10.0.0.1 for this address alone")
    let text = sample.diagnostics[0].description
    #expect(text.contains("\n" + String(repeating: " ", count: 117) + "^\n"), "\(text)")
  }

  @Test func isWarnedOfANetworkThatLiesInAnother() throws {
    let sample = try policy("a: {keys: [\(key)], roles: [r], from: [10.1.0.0/16, 10.0.0.0/8, 10.0.0.0/8]}")
    #expect(
      try sample.warnings == [
        "agents.yaml:2:116: 10.1.0.0/16 lies in 10.0.0.0/8, which stands here too",
        "agents.yaml:2:141: 10.0.0.0/8 lies in 10.0.0.0/8, which stands here too",
      ])
  }

  @Test func hasItsPrincipalsToItself() throws {
    let sample = try policy(
      "a: {principals: [x, deploy], roles: [r]}", "b: {principals: [deploy], roles: [r]}")
    #expect(sample.errors == ["agents.yaml:3:20: agents a and b have the same principal `deploy`"])
    #expect(sample.diagnostics[0].hint.hasSuffix("agents.yaml:2:23"))
  }

  @Test func hasAKeyOnce() throws {
    let sample = try policy("a: {keys: [\(key), \(key) again], roles: [r]}")
    #expect(sample.errors == ["agents.yaml:2:96: agent a has this key twice"])
  }

  @Test func cannotHaveTheKeyOfAnAuthority() throws {
    let sample = try policy(
      "a: {keys: [\(key)], roles: [r]}", more: "certificate-authorities: [\(otherKey), \(key)]\n")
    #expect(sample.errors == ["agents.yaml:3:109: a certificate authority has the key of agent a"])
    #expect(sample.diagnostics[0].sourceLine == nil)
  }

  @Test func withPrincipalsIsWarnedOfWhenThereIsNoAuthority() throws {
    let sample = try policy("a: {principals: [x], roles: [r]}")
    #expect(
      try sample.warnings == [
        "agents.yaml:2:3: agent a has `principals`, and there are no `certificate-authorities`"
      ])
  }
}

@Suite("A certificate authority in a policy file")
struct AuthorityLoadTests {
  @Test(
    "is a public key",
    arguments: [
      ("ssh-ed25519 AAAA", "the key is not a well-formed ssh-ed25519 key"),
      ("cert-authority \(key)", "options before the key are not allowed here"),
      ("ssh-ed25519-cert-v01@openssh.com AAAA", "this is a certificate, not a key"),
      ("ssh-dss AAAA", "DSA keys are too weak"),
      ("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "this is a private key"),
    ])
  func mistakes(text: String, expected: String) throws {
    let sample = try policy(more: "certificate-authorities:\n  - \(text)\n")
    #expect(sample.errors == ["agents.yaml:3:5: \(expected)"])
    #expect(sample.diagnostics.allSatisfy { !$0.description.contains("AAAA ") && $0.sourceLine == nil })
  }

  @Test func thatStandsTwiceIsWarnedOf() throws {
    let sample = try policy(more: "certificate-authorities: [\(key), \(key) again]\n")
    #expect(try sample.warnings == ["agents.yaml:2:109: this authority stands twice"])
  }
}
