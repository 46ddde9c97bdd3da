internal import InternetAddresses

// What who is not let in is told. An agent is told its own address, never which networks are its own.

extension Refusal {
  private static func agents(_ reason: String, _ hint: String, _ location: SourceLocation? = nil) -> Refusal {
    Refusal(kind: .notAllowed, rule: "agents", location: location, reason: reason, hint: hint)
  }

  /// What everything that a suspended agent asks for gets, whatever the line.
  public static func suspended(_ agent: Agent) -> Refusal {
    agents(
      "the agent \(agent.name) is suspended" + (agent.suspension?.reason.map { ": \($0)" } ?? ""),
      "an administrator lifts it: keyhole agents resume \(agent.name); it stands at \(agent.location)",
      agent.location)
  }

  static let unknownKey = agents(
    "the key belongs to no agent", "an administrator adds it: keyhole agents add NAME --key KEY")

  static func expired(_ agent: Agent, _ expiry: Expiry) -> Refusal {
    agents(
      "the agent \(agent.name) has expired: it was there until \(expiry)",
      "an administrator sets another `expires` at \(agent.location)", agent.location)
  }

  static func foreignAddress(_ agent: Agent, _ address: IPAddress) -> Refusal {
    agents(
      "the agent \(agent.name) may not connect from \(address)",
      "connect from where the agent is meant to be, or an administrator adds the address to `from` at \(agent.location)",
      agent.location)
  }

  static func unknownAddress(_ agent: Agent) -> Refusal {
    agents(
      "the agent \(agent.name) may connect from certain addresses only, and it is not known from where this is",
      "connect over the network; `from` stands at \(agent.location)", agent.location)
  }

  static let unknownAuthority = agents(
    "the certificate is from an authority that the policy does not know",
    "an administrator lists its key below `certificate-authorities` in the policy")

  static func unknownPrincipal(_ principals: [String]) -> Refusal {
    let names = principals.prefix(4).map(shown).joined(separator: ", ")
    return agents(
      principals.isEmpty
        ? "the certificate has no principal" : "no agent has a principal of the certificate: \(names)",
      "have one signed for the agent's principal (ssh-keygen -n), or an administrator adds it to `principals`"
    )
  }

  static func severalAgents(_ names: [String]) -> Refusal {
    agents(
      "the certificate stands for several agents: " + names.joined(separator: ", "),
      "have one signed for one agent's principal (ssh-keygen -n)")
  }

  static func certificateNotYetValid(_ certificate: UserCertificate) -> Refusal {
    agents(
      "the certificate \(shown(certificate.keyID)) is not valid yet",
      "wait until its time begins (ssh-keygen -L), or look at the clocks of this host and of its authority")
  }

  static func certificateExpired(_ certificate: UserCertificate) -> Refusal {
    agents(
      "the certificate \(shown(certificate.keyID)) has expired",
      "have another signed; ssh-keygen -L shows its times")
  }
}
