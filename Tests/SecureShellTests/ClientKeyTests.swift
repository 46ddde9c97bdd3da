import Testing

@testable import SecureShell

@Suite("Keys of clients")
struct ClientKeyTests {
  /// As RFC 4253, 6.6 writes an RSA key with a modulus of so many bits.
  private func rsaKey(bits: Int) -> ClientKey {
    var modulus = [UInt8](repeating: 0xFF, count: (bits + 7) / 8)
    modulus[0] = 0xFF >> UInt8((8 - bits % 8) % 8)
    if modulus[0] & 0x80 != 0 { modulus.insert(0, at: 0) }
    let blob = [Array("ssh-rsa".utf8), [1, 0, 1], modulus].flatMap { field in
      (0..<4).map { UInt8(truncatingIfNeeded: field.count >> (24 - 8 * $0)) } + field
    }
    return ClientKey(type: "ssh-rsa", base64: encode(blob))
  }

  private func encode(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var characters: [Character] = []
      for _ in 0..<4 {
        characters.append(alphabet[value & 63])
        value >>= 6
      }
      text +=
        String(characters.reversed().prefix(group.count + 1)) + String(repeating: "=", count: 3 - group.count)
    }
    return text
  }

  @Test(arguments: [1024, 2048, 3071, 3072, 4096, 8192])
  func theSizeOfAnRSAKeyIsThatOfItsModulus(bits: Int) {
    #expect(rsaKey(bits: bits).modulusBits == bits)
  }

  @Test func anRSAKeyBelow3072BitsIsNotAcceptable() {
    #expect(!rsaKey(bits: 3071).isAcceptable)
    #expect(rsaKey(bits: 3072).isAcceptable)
  }

  @Test(arguments: ["", "AAAA", "AAAAB3NzaC1yc2E", "////////", "=", "AAAAB3NzaC1yc2EAAAADAQAB"])
  func whatIsNoRSAKeyHasNoSize(base64: String) {
    #expect(ClientKey(type: "ssh-rsa", base64: base64).modulusBits == nil)
    #expect(!ClientKey(type: "ssh-rsa", base64: base64).isAcceptable)
  }

  @Test func aKeyThatIsTooLongIsNotAcceptable() {
    #expect(rsaKey(bits: 16384).isAcceptable)
    #expect(!rsaKey(bits: 32768).isAcceptable)
  }

  @Test(arguments: ["ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp521"])
  func keysOfTheseTypesAreAcceptable(type: String) {
    #expect(ClientKey(type: type, base64: "").isAcceptable)
  }

  @Test(arguments: [
    "ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", "", "rsa-sha2-512",
  ])
  func keysOfOtherTypesAreNot(type: String) {
    #expect(!ClientKey(type: type, base64: "").isAcceptable)
  }
}
