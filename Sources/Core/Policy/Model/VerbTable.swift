/// A verb of a command such as systemctl: `status`, `show`.
public struct VerbRule: Equatable, Sendable {
  /// All spellings, the first one being the usual.
  public var names: [String]
  /// The command's options and the verb's own, and the verb's operands.
  public var usage: Usage
  /// How many of the options, from the first, are the command's own.
  public var sharedOptions: Int

  public init(names: [String], usage: Usage, sharedOptions: Int) {
    self.names = names
    self.usage = usage
    self.sharedOptions = sharedOptions
  }
}

/// The verbs of a command.
public struct VerbTable: Equatable, Sendable {
  public let rules: [VerbRule]
  /// What no verb means; nil when a verb is required.
  public let standard: String?
  private let indices: [String: Int]
  /// The options of all verbs together: what is scanned with before the verb is known.
  let options: OptionTable

  /// An option that several verbs have must take a value in all of them or in none; the loader sees to it.
  public init(_ rules: [VerbRule], standard: String? = nil) {
    self.rules = rules
    self.standard = standard
    var indices: [String: Int] = [:]
    var options: [OptionRule] = []
    var known: Set<String> = []
    for (index, rule) in rules.enumerated() {
      for name in rule.names where indices[name] == nil { indices[name] = index }
      for option in rule.usage.options.rules {
        let names = option.names.filter { known.insert($0).inserted }
        if !names.isEmpty {
          options.append(OptionRule(names: names, value: option.value, isRepeatable: option.isRepeatable))
        }
      }
    }
    self.indices = indices
    self.options = OptionTable(options)
  }

  public var names: [String] { rules.flatMap(\.names) }

  public func rule(named name: String) -> VerbRule? { indices[name].map { rules[$0] } }

  /// The first verb in the table's order that begins with `text`, as iproute2's `matches` finds it.
  func rule(abbreviatedBy text: String) -> VerbRule? {
    guard !text.isEmpty else { return nil }
    return rules.first { rule in rule.names.contains { $0.utf8.starts(with: text.utf8) } }
  }
}
