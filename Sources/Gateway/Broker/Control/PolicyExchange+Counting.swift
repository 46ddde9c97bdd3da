internal import Policy
internal import SecretPaths
internal import Wire

extension PolicyExchange {
  /// What is new, gone and different between two policies. Where something stands in its file is no difference.
  init(from old: Policy, to new: Policy, isRecorded: Bool, warnings: UInt32) {
    self.init(
      before: old.digest, after: new.digest,
      commands: PartChange(old.commands.mapValues(\.withoutPlaces), new.commands.mapValues(\.withoutPlaces)),
      secrets: PartChange(old.secrets.meanings, new.secrets.meanings),
      publicTrees: PartChange(old.publicTreeMeanings, new.publicTreeMeanings),
      roles: PartChange(old.roles.mapValues(\.withoutPlace), new.roles.mapValues(\.withoutPlace)),
      agents: PartChange(old.agents.mapValues(\.withoutPlace), new.agents.mapValues(\.withoutPlace)),
      isRecorded: isRecorded, warnings: warnings)
  }
}

extension PartChange {
  /// Parts by what they are known by, with what they mean.
  init<Name: Hashable, Part: Equatable>(_ old: [Name: Part], _ new: [Name: Part]) {
    let stayed = old.keys.filter { new[$0] != nil }
    self.init(
      before: UInt32(clamping: old.count), after: UInt32(clamping: new.count),
      added: UInt32(clamping: new.count - stayed.count), removed: UInt32(clamping: old.count - stayed.count),
      changed: UInt32(clamping: stayed.count { old[$0] != new[$0] }))
  }
}

private let nowhere = SourceLocation(file: "", line: 0, column: 0)

extension CommandRule {
  fileprivate var withoutPlaces: CommandRule {
    var rule = self
    rule.location = nowhere
    rule.allow = allow.map { Example(line: $0.line, location: nowhere) }
    rule.deny = deny.map { Example(line: $0.line, location: nowhere) }
    return rule
  }
}

extension Role {
  fileprivate var withoutPlace: Role {
    var role = self
    role.location = nowhere
    return role
  }
}

extension Agent {
  fileprivate var withoutPlace: Agent {
    var agent = self
    agent.location = nowhere
    return agent
  }
}

extension SecretPaths {
  /// Reasons by pattern. A pattern that stands twice counts once.
  fileprivate var meanings: [PathPattern: String] {
    Dictionary(entries.map { ($0.pattern, $0.reason) }) { first, _ in first }
  }
}

extension Policy {
  fileprivate var publicTreeMeanings: [[UInt8]: Bool] {
    Dictionary(publicTrees.map { ($0.path, true) }) { first, _ in first }
  }
}
