import Policy
import Testing

let ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk"

@Suite("Public keys")
struct PublicKeyTests {
  @Test("are read from a .pub line")
  func reading() throws {
    let key = try PublicKey(parsing: "ssh-ed25519 \(ed25519) claude@example")
    #expect(key.type == "ssh-ed25519")
    #expect(key.base64 == ed25519)
    #expect(key.comment == "claude@example")
    #expect(try PublicKey(parsing: "ssh-ed25519 \(ed25519)") == key)
  }

  @Test(
    "are refused for what they are not",
    arguments: [
      ("", .empty), ("-----BEGIN OPENSSH PRIVATE KEY-----", .privateKey), ("ssh-ed25519", .notBase64),
      ("ssh-ed25519 AAA", .notBase64),
      ("ssh-ed25519 !!!!", .notBase64), ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", .malformed("ssh-ed25519")),
      ("ssh-rsa \(ed25519)", .malformed("ssh-rsa")), ("restrict ssh-ed25519 \(ed25519)", .options),
      ("command=\"x\" ssh-ed25519 \(ed25519)", .options), ("ssh-dss AAAA", .unknownType("ssh-dss")),
      ("ssh-ed25519-cert-v01@openssh.com AAAA", .certificate),
      ("ssh-ed25519 \(ed25519)AAAA", .malformed("ssh-ed25519")),
    ] as [(String, PublicKeyError)])
  func mistakes(text: String, expected: PublicKeyError) {
    #expect(throws: expected) { try PublicKey(parsing: text) }
  }

  @Test("find their agent by key and type")
  func lookup() throws {
    let agent = Agent(
      name: "claude", keys: [try PublicKey(parsing: "ssh-ed25519 \(ed25519)")], roles: [], commands: .all,
      location: here)
    let sample = try policy(agents: [agent])
    #expect(sample.agent(forKey: ed25519)?.name == "claude")
    #expect(sample.agent(forKey: ed25519, type: "ssh-rsa") == nil)
    #expect(sample.agent(forKey: ed25519, type: "ssh-ed25519")?.name == "claude")
    #expect(sample.agent(forKey: "AAAA") == nil)
  }
}
