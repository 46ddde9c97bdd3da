internal import Policy
internal import SecretPaths

/// What differs between two policies, the most dangerous first.
struct PolicyComparison {
  let old: Policy
  let new: Policy
  private(set) var differences: [Difference] = []

  init(_ old: Policy, _ new: Policy) {
    self.old = old
    self.new = new
    compareSecrets()
    compareCommands()
    comparePublicTrees()
    compareRoles()
    compareAgents()
    compareAuthorities()
    compareVariables(old.variables, new.variables, "variables")
    for name in Set(old.roles.keys).intersection(new.roles.keys).sorted() {
      compareVariables(old.roles[name]?.variables ?? [:], new.roles[name]?.variables ?? [:], "role \(name)")
    }
    compareHints()
    differences = differences.enumerated().sorted {
      ($0.element.effect, $0.offset) < ($1.element.effect, $1.offset)
    }.map(\.element)
  }

  mutating func note(
    _ effect: Difference.Effect, _ subject: String, _ text: String, old: String? = nil, new: String? = nil
  ) {
    differences.append(Difference(effect, subject, text, old: old, new: new))
  }

  private mutating func compareSecrets() {
    func byPattern(_ policy: Policy) -> [String: SecretPaths.Entry] {
      Dictionary(policy.secrets.entries.map { ($0.pattern.description, $0) }) { first, _ in first }
    }
    let (before, after) = (byPattern(old), byPattern(new))
    for (pattern, entry) in before.sorted(by: { $0.key < $1.key }) {
      if let now = after[pattern] {
        if now.reason != entry.reason {
          note(
            .words, "secrets", "\(pattern): reason: \(entry.reason) -> \(now.reason)", old: entry.location,
            new: now.location)
        }
      } else {
        note(.exposes, "secrets", "\(pattern) is no secret any more: \(entry.reason)", old: entry.location)
      }
    }
    for (pattern, entry) in after.sorted(by: { $0.key < $1.key }) where before[pattern] == nil {
      note(.closes, "secrets", "\(pattern) becomes secret: \(entry.reason)", new: entry.location)
    }
  }

  private mutating func compareCommands() {
    for name in Set(old.commands.keys).union(new.commands.keys).sorted() {
      switch (old.commands[name], new.commands[name]) {
      case (let before?, let after?): differences += CommandComparison(before, after).differences
      case (nil, let after?):
        note(
          .opens, "command \(name)", "added: \(after.about); runs \(after.executable)",
          new: after.location.description)
      case (let before?, nil): note(.closes, "command \(name)", "removed", old: before.location.description)
      case (nil, nil): break
      }
    }
  }

  private mutating func comparePublicTrees() {
    let lists = ListDifference(old.publicTrees.map(\.description), new.publicTrees.map(\.description))
    for tree in lists.added {
      note(.opens, "public", "\(tree) becomes public: opens there are not checked one by one")
    }
    for tree in lists.gone { note(.closes, "public", "\(tree) is not public any more") }
  }

  private mutating func compareRoles() {
    for name in Set(old.roles.keys).union(new.roles.keys).sorted() {
      switch (old.roles[name], new.roles[name]) {
      case (let before?, let after?):
        compare(
          before.commands, after.commands, "role \(name)", old: before.location.description,
          new: after.location.description)
        if before.about != after.about {
          note(.words, "role \(name)", "about: \(before.about) -> \(after.about)")
        }
      case (nil, let after?):
        note(.opens, "role \(name)", "added: \(Self.text(after.commands))", new: after.location.description)
      case (let before?, nil): note(.closes, "role \(name)", "removed", old: before.location.description)
      case (nil, nil): break
      }
    }
  }

  private static func text(_ commands: CommandSet) -> String {
    switch commands {
    case .all: "all commands"
    case .only(let names): names.isEmpty ? "no commands" : names.sorted().joined(separator: ", ")
    }
  }

  /// The names that a set stands for in a policy.
  private static func names(_ commands: CommandSet, in policy: Policy) -> Set<String> {
    switch commands {
    case .all: Set(policy.commands.keys)
    case .only(let names): names.intersection(policy.commands.keys)
    }
  }

  mutating func compare(
    _ before: CommandSet, _ after: CommandSet, _ subject: String, old oldPlace: String, new newPlace: String
  ) {
    let lists = ListDifference(Self.names(before, in: old), Self.names(after, in: new))
    if !lists.added.isEmpty {
      note(.opens, subject, "gains \(lists.added.joined(separator: ", "))", old: oldPlace, new: newPlace)
    }
    if !lists.gone.isEmpty {
      note(.closes, subject, "loses \(lists.gone.joined(separator: ", "))", old: oldPlace, new: newPlace)
    }
    if before == .all, after != .all {
      note(
        .closes, subject, "has the commands listed, no longer all there will be", old: oldPlace, new: newPlace
      )
    }
    if before != .all, after == .all {
      note(.opens, subject, "has all commands, also those added later", old: oldPlace, new: newPlace)
    }
  }

  /// As they are on this host.
  private mutating func compareVariables(
    _ before: [String: Variable], _ after: [String: Variable], _ subject: String
  ) {
    func text(_ value: Variable.Value?) -> String {
      switch value {
      case .any?: "any"
      case .items(let items)?: items.sorted().joined(separator: ", ")
      case nil: "not set"
      }
    }
    for name in Set(before.keys).union(after.keys).sorted() {
      let (old, new) = (before[name], after[name])
      guard text(old?.value) != text(new?.value) else { continue }
      var effect = Difference.Effect.alters
      if case .items(let left)? = old?.value, case .items(let right)? = new?.value {
        effect = Set(right).isSubset(of: left) ? .closes : .opens
      } else if new?.value == .any {
        effect = .opens
      }
      note(
        effect, subject, "$\(name): \(text(old?.value)) -> \(text(new?.value))",
        old: old?.location.description,
        new: new?.location.description)
    }
  }

  private mutating func compareHints() {
    let lists = ListDifference(
      old.hints.map { "\($0.key): \($0.value)" }, new.hints.map { "\($0.key): \($0.value)" })
    for hint in lists.added { note(.words, "hints", "added: \(hint)") }
    for hint in lists.gone { note(.words, "hints", "removed: \(hint)") }
  }
}
