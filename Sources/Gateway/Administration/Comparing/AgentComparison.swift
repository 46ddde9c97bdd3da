internal import InternetAddresses
internal import Policy

extension PolicyComparison {
  mutating func compareAgents() {
    for name in Set(old.agents.keys).union(new.agents.keys).sorted() {
      switch (old.agents[name], new.agents[name]) {
      case (let before?, let after?): compare(before, after)
      case (nil, let after?):
        let keys = counted(after.keys.count, "key")
        note(
          .opens, "agent \(name)",
          "added with \(keys), roles \(after.roles.isEmpty ? "none" : after.roles.joined(separator: ", "))"
            + (after.isSuspended ? ", suspended" : ""), new: after.location.description)
      case (let before?, nil): note(.closes, "agent \(name)", "removed", old: before.location.description)
      case (nil, nil): break
      }
    }
  }

  /// A list of authorities is a list of who may name agents.
  mutating func compareAuthorities() {
    let keys = ListDifference(old.authorities.map(Self.text), new.authorities.map(Self.text))
    for key in keys.added { note(.opens, "certificate-authorities", "added: …\(key)") }
    for key in keys.gone { note(.closes, "certificate-authorities", "removed: …\(key)") }
  }

  private static func text(_ key: PublicKey) -> String { "\(key.type) \(key.base64.suffix(16))" }

  private mutating func compare(_ before: Agent, _ after: Agent) {
    let subject = "agent \(after.name)"
    let (oldPlace, newPlace) = (before.location.description, after.location.description)
    func note(_ effect: Difference.Effect, _ text: String) {
      self.note(effect, subject, text, old: oldPlace, new: newPlace)
    }
    func compare(_ old: [String], _ new: [String], gains: String, loses: String) {
      let lists = ListDifference(old, new)
      for item in lists.added { note(.opens, "\(gains) \(item)") }
      for item in lists.gone { note(.closes, "\(loses) \(item)") }
    }
    compare(
      before.keys.map(Self.text), after.keys.map(Self.text), gains: "key added: …", loses: "key removed: …")
    compare(
      before.principals, after.principals, gains: "has the principal", loses: "has no longer the principal")
    Self.compareSuspension(before, after, note)
    Self.compareNetworks(before.networks, after.networks, note)
    Self.compareExpiry(before.expiry, after.expiry, note)
    Self.compareLimit("connections", before.limits.connections, after.limits.connections, note)
    Self.compareLimit("calls", before.limits.calls, after.limits.calls, note)
    compare(before.roles, after.roles, gains: "has the role", loses: "has no longer the role")
    self.compare(before.commands, after.commands, subject, old: oldPlace, new: newPlace)
    if before.about != after.about { note(.words, "about: \(before.about) -> \(after.about)") }
  }

  private typealias Note = (Difference.Effect, String) -> Void

  private static func compareSuspension(_ before: Agent, _ after: Agent, _ note: Note) {
    func text(_ agent: Agent) -> String { agent.suspension?.reason ?? "no reason" }
    switch (before.isSuspended, after.isSuspended) {
    case (false, true): note(.closes, "is suspended" + (after.suspension?.reason.map { ": \($0)" } ?? ""))
    case (true, false): note(.opens, "is no longer suspended")
    case (true, true) where before.suspension != after.suspension:
      note(.words, "suspended: \(text(before)) -> \(text(after))")
    default: break
    }
  }

  private static func compareNetworks(_ before: [Network], _ after: [Network], _ note: Note) {
    func text(_ networks: [Network]) -> String {
      networks.isEmpty ? "anywhere" : networks.map(\.description).sorted().joined(separator: ", ")
    }
    guard text(before) != text(after) else { return }
    // Without networks everywhere is allowed.
    func lies(_ inner: [Network], in outer: [Network]) -> Bool {
      outer.isEmpty || (!inner.isEmpty && inner.allSatisfy { one in outer.contains { $0.covers(one) } })
    }
    note(
      lies(after, in: before) ? .closes : .opens, "may connect from: \(text(before)) -> \(text(after))")
  }

  private static func compareExpiry(_ before: Expiry?, _ after: Expiry?, _ note: Note) {
    guard before?.text != after?.text else { return }
    let (old, new) = (before?.time ?? .max, after?.time ?? .max)
    note(
      old == new ? .words : new > old ? .opens : .closes,
      "expires: \(before?.text ?? "never") -> \(after?.text ?? "never")")
  }

  private static func compareLimit(_ what: String, _ before: Int?, _ after: Int?, _ note: Note) {
    guard before != after else { return }
    func text(_ limit: Int?) -> String { limit.map(String.init) ?? "the server's" }
    note(
      (after ?? .max) > (before ?? .max) ? .opens : .closes, "\(what): \(text(before)) -> \(text(after))")
  }
}
