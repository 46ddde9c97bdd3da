internal import Policy
internal import Yams

extension FileDecoder {
  /// Options, operands and verbs of a command.
  mutating func usage(_ fields: Fields, _ convention: ArgumentConvention) -> (usage: Usage, verbs: VerbTable?)
  {
    var taken: Set<String> = []
    let options = options(fields["options"], convention, taken: &taken)
    let (required, requiredWhen) = required(fields["required"], among: options)
    let exclusive = exclusive(fields["exclusive"], among: options, required: required)
    guard convention.hasVerbs else {
      for key in ["verbs", "default-verb"] {
        guard let node = fields.values[key]?.key else { continue }
        fail(node, "`\(key)` needs a convention with verbs", hint: "arguments: verbs-getopt or verbs-words")
      }
      var operands = operands(fields["operands"], among: options, convention)
      if convention == .find, fields["operands"] == nil {
        operands = OperandPattern([OperandPattern.Item(type: .path, quantity: .any)])
      }
      return (
        Usage(
          options: options, required: required, requiredWhen: requiredWhen, exclusive: exclusive,
          operands: operands), nil
      )
    }
    if let node = fields.values["operands"]?.key {
      fail(
        node, "`operands` of a command with verbs stand with each verb",
        hint: "status: {operands: [\"unit*\"]}")
    }
    let usage = Usage(
      options: options, required: required, requiredWhen: requiredWhen, exclusive: exclusive)
    guard let node = fields["verbs"] else {
      fail(fields.node, "a command with verbs needs `verbs`", hint: "verbs: {status: {operands: none}}")
      return (usage, nil)
    }
    let rules = verbs(
      node, convention, shared: options, required: required, requiredWhen: requiredWhen, exclusive: exclusive,
      taken: taken)
    return (usage, VerbTable(rules, standard: fields["default-verb"].flatMap { standardVerb($0, rules) }))
  }

  private mutating func exclusive(
    _ node: Node?, among rules: [OptionRule], required: [String]
  ) -> [[String]] {
    guard let node else { return [] }
    return items(node, "exclusive").map { item in
      let names = optionNames(item, "a group of exclusive", among: rules)
      warnOfImpossibleOptions(names, at: item, among: rules, required: required)
      return names
    }
  }

  private mutating func standardVerb(_ node: Node, _ rules: [VerbRule]) -> String? {
    guard let name = text(node, "default-verb") else { return nil }
    if rules.contains(where: { $0.names.contains(name) }) { return name }
    fail(node, "`\(name)` is not among the verbs")
    return nil
  }

  private mutating func verbs(
    _ node: Node, _ convention: ArgumentConvention, shared: [OptionRule], required: [String],
    requiredWhen: [(option: String, variable: String)], exclusive: [[String]],
    taken: Set<String>
  ) -> [VerbRule] {
    var rules: [VerbRule] = []
    var names: Set<String> = []
    /// Whether an option takes a value must not depend on the verb, which is found after the options.
    var values: [String: (hasValue: Int, verb: String)] = [:]
    for (key, spellings, value) in entries(node, "verbs") {
      let fields = fields(
        value, "verb \(spellings)", known: ["operands", "options", "required", "exclusive"])
      var verbNames: [String] = []
      for (name, offset) in listed(spellings) {
        if name.isEmpty || name.utf8.first == UInt8(ascii: "-") {
          fail(key, "`\(name)` is not a verb", offset: offset)
        } else if !names.insert(name).inserted {
          fail(key, "verb `\(name)` stands twice", offset: offset)
        } else {
          verbNames.append(name)
        }
      }
      var verbTaken = taken
      let own = options(fields["options"], convention, taken: &verbTaken)
      for rule in own {
        let kind =
          switch rule.value {
          case .flag: 0
          case .required: 1
          case .optional: 2
          }
        for name in rule.names {
          if let known = values[name], known.hasValue != kind {
            fail(
              fields.values["options"]?.key ?? key,
              "option `\(name)` takes a value with one verb and none with another",
              hint: "it differs from verb \(known.verb)")
          }
          values[name] = (kind, spellings)
        }
      }
      let all = shared + own
      let (ownRequired, ownRequiredWhen) = self.required(fields["required"], among: all)
      let allRequired = required + ownRequired
      let usage = Usage(
        options: all, required: allRequired, requiredWhen: requiredWhen + ownRequiredWhen,
        exclusive: exclusive + self.exclusive(fields["exclusive"], among: all, required: allRequired),
        operands: operands(fields["operands"], among: all, convention))
      if !verbNames.isEmpty {
        rules.append(VerbRule(names: verbNames, usage: usage, sharedOptions: shared.count))
      }
    }
    return rules
  }
}
