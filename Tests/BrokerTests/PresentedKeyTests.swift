import Policy
import Testing

@testable import Broker

@Suite("The key that a client presented")
struct PresentedKeyTests {
  private static let key = "AAAAC3NzaC1lZDI1NTE5AAAAINGQRRIDMP/SRDAcaZoORRskt464qvUkfEfHDfxhurlI"
  /// As ssh-keygen -l printed it for this key.
  private static let fingerprint = "SHA256:V3yfjhEVdSZy9irOpquga48WJTl8ArpQ5ThGebdohoI"

  private static func read(_ text: String) throws(PresentedKey.Failure) -> PresentedKey {
    try PresentedKey(authentication: Array(text.utf8))
  }

  private static func failure(_ text: String) -> PresentedKey.Failure? {
    do throws(PresentedKey.Failure) {
      _ = try read(text)
      return nil
    } catch {
      return error
    }
  }

  @Test("a plain key is known by its type and its base64 form, with a comment or without")
  func plain() throws {
    for line in ["publickey ssh-ed25519 \(Self.key)\n", "publickey ssh-ed25519 \(Self.key) a comment"] {
      let key = try Self.read(line)
      #expect(key.credential == .key(type: "ssh-ed25519", base64: Self.key))
    }
  }

  @Test("its fingerprint is the one that ssh-keygen prints")
  func fingerprint() throws {
    #expect(try Self.read("publickey ssh-ed25519 \(Self.key)\n").fingerprint == Self.fingerprint)
  }

  @Test("a key counts beside another method")
  func otherMethods() throws {
    let text = "password\npublickey ssh-ed25519 \(Self.key)\nkeyboard-interactive pam\n"
    #expect(try Self.read(text).credential == .key(type: "ssh-ed25519", base64: Self.key))
  }

  @Test("two keys are nobody: it cannot be told which of them calls")
  func severalKeys() {
    let line = "publickey ssh-ed25519 \(Self.key)\n"
    #expect(Self.failure(line + line) == .severalKeys)
  }

  @Test("nothing at all means that sshd does not say", arguments: ["", "\n\n"])
  func nothing(text: String) {
    #expect(Self.failure(text) == .notExposed)
  }

  @Test(
    "other methods are no key",
    arguments: [
      "password\n", "hostbased ssh-ed25519 AAAA\n", "PUBLICKEY ssh-ed25519 AAAA\n",
      " publickey ssh-ed25519 AAAA\n",
    ])
  func noKey(text: String) {
    #expect(Self.failure(text) == .notPublicKey)
  }

  /// Made by ssh-keygen: for the principal claude, by an authority of its own, without an end.
  private static let certificate =
    "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIG8avePGlBcmRfMl9sC6SpocIAADL7V4MORAQhOjY93wAAAAIP04mlvSozQi8Q28jMhTFb9qKm1Zn7Gi4H+NZhvjHluIAAAAAAAAAAAAAAABAAAAEGxhcHRvcCBvZiBjbGF1ZGUAAAAKAAAABmNsYXVkZQAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACBpMILaEA6JqJc///9i/RR87YhO5aQm1pLS+ybywX2OoAAAAFMAAAALc3NoLWVkMjU1MTkAAABAs2xG2/7K+ZCUNEi8f0vJtyRRCv2JECY45GgU+M/v9E0R4G87u4CIQL2W9A5G/PXjZE8fzGGnloTpyxza3yp3BQ=="

  @Test("a certificate is judged as one, and known by the fingerprint of the key that it certifies")
  func certificate() throws {
    let key = try Self.read("publickey ssh-ed25519-cert-v01@openssh.com \(Self.certificate) u\n")
    guard case .certificate(let certificate) = key.credential else {
      Issue.record("it is taken for a plain key")
      return
    }
    #expect(certificate.principals == ["claude"] && certificate.keyID == "laptop of claude")
    // As ssh-keygen -l printed it for the certificate.
    #expect(key.fingerprint == "SHA256:RfuONC/YMtEEgToDB+R6eFZ0IITF+h7OP/0f0oJdOVw")
  }

  @Test("what only says that it is a certificate, or is one of another type, is refused")
  func badCertificate() {
    for type in ["ssh-ed25519-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com"] {
      #expect(Self.failure("publickey \(type) \(Self.key)\n") == .certificate(.notCertificate))
    }
    #expect(
      Self.failure("publickey ssh-rsa-cert-v01@openssh.com \(Self.certificate)\n") == .certificate(.malformed)
    )
  }

  @Test(
    "what is half a line, or not base64, is not understood",
    arguments: [
      "publickey ", "publickey ssh-ed25519", "publickey ssh-ed25519 ", "publickey ssh-ed25519 %%%%",
      "publickey ssh-ed25519 AAA",
    ])
  func garbage(line: String) {
    #expect(Self.failure(line + "\n") == .malformed)
  }

  @Test("bytes that are no text are not understood, and no key")
  func binary() {
    let bytes = Array("publickey ssh-ed25519 ".utf8) + [0xFF, 0xFE, 0x00]
    #expect(throws: PresentedKey.Failure.malformed) { try PresentedKey(authentication: bytes) }
  }
}
