import Testing

@testable import SecureShell

@Suite("Algorithms")
struct AlgorithmTests {
  private let everything =
    Algorithms.keyExchange + Algorithms.ciphers + Algorithms.authenticationCodes + Algorithms.hostKeys
    + Algorithms.userSignatures

  @Test func nothingThatRestsOnSHA1OrMD5IsAmongThem() {
    for name in everything {
      #expect(
        !name.contains("sha1") && !name.contains("md5") && name != "ssh-rsa" && name != "ssh-dss", "\(name)")
    }
  }

  @Test func noCipherChainsBlocks() {
    for name in Algorithms.ciphers { #expect(!name.contains("cbc"), "\(name)") }
  }

  @Test func everyAuthenticationCodeIsOfWhatIsEncrypted() {
    for name in Algorithms.authenticationCodes { #expect(name.contains("-etm@"), "\(name)") }
  }

  @Test func noCertificateIsTaken() {
    for name in everything + Algorithms.userKeys { #expect(!name.contains("cert"), "\(name)") }
  }
}
