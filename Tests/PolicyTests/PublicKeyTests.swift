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
      ("command=\"x\" ssh-ed25519 \(ed25519)", .options), ("ssh-dss AAAA", .dsa),
      ("ssh-foo AAAA", .unknownType("ssh-foo")),
      ("ssh-ed25519-cert-v01@openssh.com AAAA", .certificate),
      ("ssh-ed25519 \(ed25519)AAAA", .malformed("ssh-ed25519")),
    ] as [(String, PublicKeyError)])
  func mistakes(text: String, expected: PublicKeyError) {
    #expect(throws: expected) { try PublicKey(parsing: text) }
  }

  @Test(
    "are of each type that sshd takes",
    arguments: [
      SampleKeys.ed25519, SampleKeys.ecdsa256, SampleKeys.ecdsa384, SampleKeys.ecdsa521, SampleKeys.rsa3072,
      SampleKeys.skEd25519, SampleKeys.skECDSA,
    ])
  func types(line: String) throws {
    #expect(try PublicKey(parsing: line + "\tme and you").comment == "me and you")
    #expect(try PublicKey(parsing: line).line == line)
  }

  @Test func ofRSANeedAtLeast3072Bits() {
    #expect(throws: PublicKeyError.weak(bits: 2_048)) { try PublicKey(parsing: SampleKeys.rsa2048) }
  }

  @Test func ofACurveMustNameItAndHaveAPointOfItsSize() throws {
    let parts = SampleKeys.ecdsa256.split(separator: " ").map(String.init)
    // The curve's name, nistp256, is the second field; the compressed point of 33 bytes would be another key's form.
    let otherCurve = parts[1].replacing("bmlzdHAyNTYAAABB", with: "bmlzdHAzODQAAABB")
    #expect(otherCurve != parts[1])
    #expect(throws: PublicKeyError.malformed(parts[0])) {
      try PublicKey(parsing: "\(parts[0]) \(otherCurve)")
    }
    let compressed = parts[1].replacing("bmlzdHAyNTYAAABBB", with: "bmlzdHAyNTYAAABBA")
    #expect(compressed != parts[1])
    #expect(throws: PublicKeyError.malformed(parts[0])) {
      try PublicKey(parsing: "\(parts[0]) \(compressed)")
    }
    #expect(throws: PublicKeyError.malformed("ecdsa-sha2-nistp384")) {
      try PublicKey(parsing: "ecdsa-sha2-nistp384 \(parts[1])")
    }
  }

  @Test func arePrivateInEveryWayInWhichPrivateKeysAreWritten() {
    for text in [
      "-----BEGIN RSA PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
      "PuTTY-User-Key-File-3: ssh-ed25519",
      "ssh-ed25519 b3BlbnNzaC1rZXktdjEAAAAABG5vbmU= me",
    ] {
      #expect(throws: PublicKeyError.privateKey) { try PublicKey(parsing: text) }
    }
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
