internal import InternetAddresses

/// Whether an agent may come in, or go on.
public enum Admission: Equatable, Sendable {
  /// Until the given time, in seconds since 1970; nil without an end.
  case admitted(Agent, until: Int64?)
  /// `agent` is nil when it is not known who asks.
  case refused(Refusal, agent: Agent?)
}

/// What a client proved to have.
public enum PresentedCredential: Equatable, Sendable {
  /// The first two fields of a `.pub` line.
  case key(type: String, base64: String)
  /// One whose signature and options are verified: sshd does it, and the embedded server takes none.
  case certificate(UserCertificate)
}

extension Policy {
  /// Judges what a client proved to have. `address` is the client's IP address as text (nil when it is not known), `time` is
  /// in seconds since 1970.
  ///
  /// The same question is asked again while connections are open and calls run, so that nothing outlives its permission.
  public func admit(
    presented credential: PresentedCredential, from address: String?, at time: Int64
  ) -> Admission {
    switch credential {
    case .key(let type, let base64): admit(keyType: type, base64: base64, from: address, at: time)
    case .certificate(let certificate): admit(certificate: certificate, from: address, at: time)
    }
  }

  /// Judges a key that a client proved to have. `type` and `base64` are the first two fields of a `.pub` line.
  public func admit(keyType type: String, base64: String, from address: String?, at time: Int64) -> Admission
  {
    guard let agent = agent(forKey: base64, type: type) else {
      return .refused(.unknownKey, agent: nil)
    }
    return admit(agent, from: address, at: time)
  }

  /// Judges a certificate whose signature is verified. Its authority must be one of `certificate-authorities`, and one agent,
  /// no more, must have one of its principals.
  public func admit(
    certificate: UserCertificate, from address: String?, at time: Int64
  ) -> Admission {
    guard authorities.contains(where: { $0.base64 == certificate.authority.base64 }) else {
      return .refused(.unknownAuthority, agent: nil)
    }
    let named = agents(forPrincipals: certificate.principals)
    guard let agent = named.first else {
      return .refused(.unknownPrincipal(certificate.principals), agent: nil)
    }
    guard named.count == 1 else {
      return .refused(.severalAgents(named.map(\.name)), agent: nil)
    }
    guard time >= certificate.validAfter else {
      return .refused(.certificateNotYetValid(certificate), agent: agent)
    }
    if let end = certificate.validBefore, time >= end {
      return .refused(.certificateExpired(certificate), agent: agent)
    }
    switch admit(agent, from: address, at: time) {
    case .admitted(let agent, let until):
      return .admitted(agent, until: [until, certificate.validBefore].compactMap(\.self).min())
    case .refused(let refusal, let agent): return .refused(refusal, agent: agent)
    }
  }

  /// Whom certificates of this authority may name: all agents' principals, also of those who may not come in now. None when
  /// the policy does not know the authority. `base64` is the second field of a `.pub` line.
  public func principals(forAuthority base64: String) -> [String] {
    guard authorities.contains(where: { $0.base64 == base64 }) else { return [] }
    return agents.values.flatMap(\.principals).sorted()
  }

  private func admit(_ agent: Agent, from address: String?, at time: Int64) -> Admission {
    if agent.isSuspended { return .refused(.suspended(agent), agent: agent) }
    if let expiry = agent.expiry, time >= expiry.time {
      return .refused(.expired(agent, expiry), agent: agent)
    }
    if !agent.networks.isEmpty {
      guard let address, let parsed = IPAddress(address) else {
        return .refused(.unknownAddress(agent), agent: agent)
      }
      guard agent.networks.contains(where: { $0.contains(parsed) }) else {
        return .refused(.foreignAddress(agent, parsed), agent: agent)
      }
    }
    return .admitted(agent, until: agent.expiry?.time)
  }
}
