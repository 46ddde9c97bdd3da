import Testing

@testable import SecureShell

@Suite("host keys")
struct HostKeyTests {
  @Test func aNewKeyIsReadBackFromItsPEM() throws {
    let key = try HostKey.makeEd25519()
    let pem = try key.pem()
    #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN OPENSSH PRIVATE KEY-----\n"))
    let copy = try HostKey(pem: pem)
    let (one, other) = (try key.publicBase64(), try copy.publicBase64())
    #expect(one == other)
    #expect(one.hasPrefix("AAAAC3NzaC1lZDI1NTE5AAAAI"))
    let type = copy.type
    #expect(type == "ssh-ed25519")
    let fingerprint = try copy.fingerprint()
    #expect(fingerprint.hasPrefix("SHA256:") && fingerprint.utf8.count == 50)
    let complaint = try HostKeyStrength.complaint(about: copy)
    #expect(complaint == nil)
  }

  @Test func noTwoKeysAreTheSame() throws {
    let first = try HostKey.makeEd25519().publicBase64()
    let second = try HostKey.makeEd25519().publicBase64()
    #expect(first != second)
  }

  @Test func whatIsDamagedIsRefusedWherePartsAreMissing() throws {
    let pem = try HostKey.makeEd25519().pem()
    // The last byte is a newline after the end.
    for length in stride(from: 0, to: pem.count - 1, by: 7) {
      #expect(throws: SecureShellError.self) { _ = try HostKey(pem: Array(pem[..<length])) }
    }
    #expect(throws: SecureShellError.self) { _ = try HostKey(pem: pem + [0]) }
    #expect(throws: SecureShellError.self) { _ = try HostKey(pem: Array("junk\n".utf8)) }
  }

  @Test func theBitsOfAModulusAreCountedFromItsFirstOne() {
    // "ssh-rsa", an exponent of one byte, and a modulus of 2 bytes with a leading zero: 0x00 0x8001.
    #expect(HostKeyStrength.modulusBits(of: "AAAAB3NzaC1yc2EAAAABAwAAAAMAgAE=") == 16)
    #expect(HostKeyStrength.modulusBits(of: "AAAAB3NzaC1yc2EAAAABAwAAAAEB") == 1)
    #expect(HostKeyStrength.modulusBits(of: "AAAAB3NzaC1yc2EAAAABAw") == 0)
    #expect(HostKeyStrength.modulusBits(of: "") == 0)
  }
}
