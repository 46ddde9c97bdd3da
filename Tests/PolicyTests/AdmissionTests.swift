import InternetAddresses
import Policy
import SecretPaths
import Testing

private let noon2026: Int64 = 1_780_315_200  // 2026-06-01T12:00:00Z

private func agent(
  _ name: String = "claude", keys: [String] = [SampleKeys.ed25519], principals: [String] = ["claude"],
  from: [String] = [], expires: String? = nil, suspended: String? = nil
) throws -> Agent {
  Agent(
    name: name, keys: try keys.map { try PublicKey(parsing: $0) }, principals: principals, roles: [],
    networks: try from.map { try Network($0) }, expiry: try expires.map { try Expiry(parsing: $0) },
    suspensionReason: suspended, commands: .all, location: here)
}

private func policy(_ agents: Agent..., authorities: [String] = [SampleKeys.authority]) throws -> Policy {
  Policy(
    commands: [], secrets: SecretPaths([]), agents: agents,
    authorities: try authorities.map { try PublicKey(parsing: $0) })
}

private func base64(_ line: String) -> String { String(line.split(separator: " ")[1]) }

private func admission(
  _ policy: Policy, from address: String? = "192.0.2.1", at time: Int64 = noon2026
) -> Admission {
  policy.admit(keyType: "ssh-ed25519", base64: base64(SampleKeys.ed25519), from: address, at: time)
}

private func reason(_ admission: Admission) -> String? {
  guard case .refused(let refusal, _) = admission else { return nil }
  #expect(!refusal.hint.isEmpty)
  return refusal.reason
}

@Suite("An agent")
struct AdmissionTests {
  @Test func isAdmittedByItsKeyAlone() throws {
    let known = try agent()
    #expect(try admission(policy(known)) == .admitted(known, until: nil))
    #expect(try reason(admission(policy(agent(keys: [])))) == "the key belongs to no agent")
  }

  @Test func isAdmittedUntilItExpires() throws {
    let known = try agent(expires: "2026-06-01T12:00:01Z")
    #expect(try admission(policy(known)) == .admitted(known, until: noon2026 + 1))
    #expect(
      try reason(admission(policy(known), at: noon2026 + 1))
        == "the agent claude has expired: it was there until 2026-06-01T12:00:01Z")
  }

  @Test func isToldWhyItIsSuspended() throws {
    let refused = admission(try policy(agent(suspended: "laptop lost")))
    #expect(reason(refused) == "the agent claude is suspended: laptop lost")
    guard case .refused(let refusal, let agent) = refused else { return }
    #expect(agent?.name == "claude")
    #expect(refusal.location == here)
    #expect(refusal.hint.contains("keyhole agents resume claude"))
  }

  @Test func connectsFromItsNetworksOnlyAndIsNotToldWhichTheyAre() throws {
    let sample = try policy(agent(from: ["10.1.0.0/16", "2001:db8::/32"]))
    for address in ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5"] {
      #expect(reason(admission(sample, from: address)) == nil, "\(address)")
    }
    for address in ["10.2.0.1", "::ffff:10.2.0.1", "2001:db9::1", "192.0.2.1"] {
      let refused = admission(sample, from: address)
      #expect(reason(refused)?.hasPrefix("the agent claude may not connect from") == true, "\(address)")
      guard case .refused(let refusal, _) = refused else { continue }
      #expect(!(refusal.reason + refusal.hint).contains("10.1"))
      #expect(!(refusal.reason + refusal.hint).contains("2001:db8"))
    }
    for address in [nil, "", "UNKNOWN", "10.1.2.3.4"] {
      #expect(reason(admission(sample, from: address))?.contains("not known from where") == true)
    }
  }
}

@Suite("A certificate")
struct CertificateAdmissionTests {
  let certificate: UserCertificate

  init() throws {
    certificate = try UserCertificate(base64: SampleKeys.certificates[0].base64)
  }

  private func admission(_ policy: Policy, at time: Int64 = noon2026) -> Admission {
    policy.admit(presented: .certificate(certificate), from: "192.0.2.1", at: time)
  }

  @Test func standsForTheAgentWithItsPrincipalUntilItOrTheAgentExpires() throws {
    let end = certificate.validBefore
    let known = try agent(keys: [])
    #expect(try admission(policy(known)) == .admitted(known, until: end))
    let short = try agent(keys: [], expires: "2026-06-02")
    #expect(try admission(policy(short)) == .admitted(short, until: short.expiry?.time))
    let long = try agent(keys: [], expires: "2030-06-02")
    #expect(try admission(policy(long)) == .admitted(long, until: end))
  }

  @Test func isRefusedWhenItsAuthorityIsNotListed() throws {
    let sample = try policy(agent(), authorities: [SampleKeys.rsaAuthority])
    #expect(
      reason(admission(sample)) == "the certificate is from an authority that the policy does not know")
    #expect(sample.principals(forAuthority: base64(SampleKeys.authority)) == [])
  }

  @Test func isRefusedWhenNoAgentOrMoreThanOneIsMeant() throws {
    #expect(
      try reason(admission(policy(agent(principals: ["other"]))))
        == "no agent has a principal of the certificate: `claude`, `extra`")
    #expect(
      try reason(admission(policy(agent(), agent("b", keys: [], principals: ["extra"]))))
        == "the certificate stands for several agents: b, claude")
    let nobody = try UserCertificate(base64: SampleKeys.certificateWithoutPrincipals)
    let refused = try policy(agent()).admit(certificate: nobody, from: nil, at: noon2026)
    #expect(reason(refused) == "the certificate has no principal")
  }

  @Test func isRefusedBeforeAndAfterItsTime() throws {
    let sample = try policy(agent())
    let end = try #require(certificate.validBefore)
    #expect(
      reason(admission(sample, at: certificate.validAfter - 1))
        == "the certificate `id of ked25519` is not valid yet")
    #expect(reason(admission(sample, at: certificate.validAfter)) == nil)
    #expect(reason(admission(sample, at: end - 1)) == nil)
    #expect(reason(admission(sample, at: end)) == "the certificate `id of ked25519` has expired")
  }

  @Test func isBoundAsTheAgentIs() throws {
    #expect(
      try reason(admission(policy(agent(suspended: "why")))) == "the agent claude is suspended: why")
    #expect(
      try reason(admission(policy(agent(from: ["10.0.0.0/8"]))))
        == "the agent claude may not connect from 192.0.2.1")
    #expect(
      try reason(admission(policy(agent(expires: "2026-05-31"))))
        == "the agent claude has expired: it was there until 2026-05-31")
  }

  @Test func namesWhomItsAuthorityMayName() throws {
    let sample = try policy(agent(), agent("b", keys: [], principals: ["z", "b"], suspended: "x"))
    #expect(sample.principals(forAuthority: base64(SampleKeys.authority)) == ["b", "claude", "z"])
    #expect(sample.principals(forAuthority: base64(SampleKeys.rsaAuthority)) == [])
  }
}
