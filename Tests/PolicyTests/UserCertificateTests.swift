import Policy
import TestSupport
import Testing

private func bytes(_ base64: String) -> [UInt8] {
  // Certificates of the samples only, which are sound.
  var result: [UInt8] = []
  var buffer = 0
  var bits = 0
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  for byte in base64.utf8 {
    guard let value = digits.firstIndex(of: byte) else { continue }
    buffer = (buffer << 6 | value) & 0xFFFF
    bits += 6
    if bits >= 8 {
      bits -= 8
      result.append(UInt8(truncatingIfNeeded: buffer >> bits))
    }
  }
  return result
}

@Suite("A user certificate")
struct UserCertificateTests {
  @Test("is read whatever the type of its key", arguments: SampleKeys.certificates)
  func types(key: String, base64: String) throws {
    let certificate = try UserCertificate(base64: base64)
    let plain = try PublicKey(parsing: key)
    #expect(certificate.key.type == plain.type)
    #expect(certificate.key.base64 == plain.base64)
    #expect(certificate.type.hasSuffix("-cert-v01@openssh.com"))
    #expect(certificate.serial == 7)
    #expect(certificate.keyID.hasPrefix("id of "))
    #expect(certificate.principals == ["claude", "extra"])
    #expect(certificate.validAfter == 1_767_225_600)
    #expect(certificate.validBefore == 1_798_761_600)
    #expect(certificate.criticalOptions == ["force-command", "source-address"])
    #expect(certificate.extensions.contains("permit-pty"))
    #expect(certificate.authority == (try PublicKey(parsing: SampleKeys.authority)))
  }

  @Test func mayHaveNoEndAndAnRSAAuthority() throws {
    let certificate = try UserCertificate(base64: SampleKeys.foreverCertificate)
    #expect(certificate.validAfter == 0)
    #expect(certificate.validBefore == nil)
    #expect(certificate.serial == .max)
    #expect(certificate.authority == (try PublicKey(parsing: SampleKeys.rsaAuthority)))
  }

  @Test func isNotAHostsNorOfAWeakKeyNorAPlainKey() throws {
    #expect(throws: UserCertificateError.notForUsers) {
      try UserCertificate(base64: SampleKeys.hostCertificate)
    }
    #expect(throws: UserCertificateError.key(.weak(bits: 2_048))) {
      try UserCertificate(base64: SampleKeys.weakCertificate)
    }
    let plain = SampleKeys.ed25519.split(separator: " ")[1]
    #expect(throws: UserCertificateError.notCertificate) { try UserCertificate(base64: String(plain)) }
    #expect(throws: UserCertificateError.malformed) { try UserCertificate(base64: "") }
  }

  @Test func isRefusedWhenItIsCutOrHasMore() throws {
    for (_, base64) in SampleKeys.certificates {
      let whole = bytes(base64)
      #expect(try UserCertificate(whole).serial == 7)
      for length in 0..<whole.count {
        #expect(throws: UserCertificateError.self) { try UserCertificate(Array(whole.prefix(length))) }
      }
      #expect(throws: UserCertificateError.malformed) { try UserCertificate(whole + [0]) }
    }
  }

  /// Whatever comes in, reading ends with a certificate or an error, and a certificate has only sound keys.
  @Test func isReadWithoutHarmFromAnyBytes() throws {
    var random = SeededGenerator(seed: 20_261_121)
    let samples =
      (SampleKeys.certificates.map(\.base64) + [SampleKeys.foreverCertificate, SampleKeys.hostCertificate])
      .map(bytes)
    var accepted = 0
    for _ in 0..<fuzzCount(20_000) {
      var blob = samples.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        guard !blob.isEmpty else { break }
        let place = Int.random(in: 0..<blob.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: blob[place] = UInt8.random(in: 0...255, using: &random)
        case 1: blob[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: blob.removeSubrange(place..<min(blob.count, place + Int.random(in: 1...8, using: &random)))
        case 3: blob.insert(contentsOf: [0, 0, 0, UInt8.random(in: 0...255, using: &random)], at: place)
        default:
          // A length that reaches beyond the end.
          blob.replaceSubrange(place..<min(blob.count, place + 4), with: [0xFF, 0xFF, 0xFF, 0xFF])
        }
      }
      let certificate: UserCertificate
      do throws(UserCertificateError) {
        certificate = try UserCertificate(blob)
      } catch {
        #expect(!error.message.isEmpty)
        continue
      }
      accepted += 1
      #expect(try PublicKey(parsing: certificate.key.line).base64 == certificate.key.base64)
      #expect(try PublicKey(parsing: certificate.authority.line).base64 == certificate.authority.base64)
      #expect(certificate.principals.count <= 256)
    }
    #expect(accepted > 0)
  }
}
