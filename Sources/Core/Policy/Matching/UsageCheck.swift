internal import CommandGrammar

extension Usage {
  /// What a use of a command amounts to once it is found sound.
  struct Checked {
    /// The options with their values as they run.
    var uses: [OptionUse] = []
    /// Values that name files; `-` is standard input.
    var files: [Word] = []
    /// By index in the table: whether the option was given.
    var isGiven: [Bool]
  }

  /// Checks values, repetition, required and exclusive options.
  func check(_ uses: [OptionUse], in context: MatchContext) throws(UsageRefusal) -> Checked {
    var result = Checked(isGiven: Array(repeating: false, count: options.rules.count))
    for use in uses {
      guard let index = options.index(of: use.name) else {
        throw UsageRefusal("option \(shown(use.name)) is not allowed with this verb", word: use.name)
      }
      let rule = options.rules[index]
      if result.isGiven[index], !rule.isRepeatable {
        throw UsageRefusal("\(shown(use.name)) is given twice", hint: "write it once")
      }
      result.isGiven[index] = true
      var canonical = use
      if let value = use.value, let type = rule.type {
        try check(value, of: use, type, context, &result.files)
        canonical.value = type.canonical(value)
      }
      result.uses.append(canonical)
    }
    try checkGroups(result.isGiven, in: context)
    return result
  }

  private func check(
    _ value: String, of use: OptionUse, _ type: ArgumentType, _ context: MatchContext, _ files: inout [Word]
  ) throws(UsageRefusal) {
    if let mismatch = use.isAttached
      ? type.accepts(value, in: context) : type.acceptsSeparate(value, in: context)
    {
      var refusal = UsageRefusal(
        mismatch, at: use.name == OptionRule.numeric ? nil : use.name, word: use.name)
      if refusal.hint.isEmpty, !use.isAttached, value.utf8.first == UInt8(ascii: "-"),
        type.accepts(value, in: context) == nil
      {
        refusal.hint =
          use.name.utf8.starts(with: "--".utf8)
          ? "attach the value: \(use.name)=\(value)" : "attach the value: \(use.name)\(value)"
      }
      throw refusal
    }
    if type.namesFile(Word(value)) { files.append(Word(value)) }
  }

  func checkGroups(_ isGiven: [Bool], in context: MatchContext) throws(UsageRefusal) {
    for index in required where !isGiven[index] {
      let rule = options.rules[index]
      throw UsageRefusal(
        "\(rule.names.joined(separator: " or ")) is required", hint: "add \(rule.description)",
        word: rule.names[0])
    }
    for requirement in requiredWhen where !isGiven[requirement.option] {
      guard let bound = context.bounds[requirement.variable] else { continue }
      let rule = options.rules[requirement.option]
      throw UsageRefusal(
        "\(rule.names.joined(separator: " or ")) is required, since not all is allowed",
        hint: "add \(rule.description); \(bound.description(of: requirement.variable))")
    }
    for group in exclusive {
      let given = group.filter { isGiven[$0] }
      guard given.count < 2 else {
        let names = given.map { options.rules[$0].names[0] }
        throw UsageRefusal("\(names.joined(separator: " and ")) exclude each other", hint: "use one of them")
      }
    }
  }

  /// Binds operands to types, puts those that run as something else in their form, and returns those that name
  /// files.
  func bind(
    _ operands: inout [Word], isGiven: [Bool], in context: MatchContext
  ) throws(UsageRefusal) -> [Word] {
    var matcher = OperandMatcher(items: items { isGiven[$0] }, operands: operands, in: context)
    var files: [Word] = []
    for (index, type) in try matcher.match().enumerated() {
      operands[index] = type.canonical(operands[index], in: context)
      if type.namesFile(operands[index]) { files.append(operands[index]) }
    }
    return files
  }

  /// The operand items that are there with these options.
  func items(_ isGiven: (_ option: Int) -> Bool) -> [OperandPattern.Item] {
    operands.items.indices.filter { item in
      !unless[item].contains(where: isGiven) && with[item]?.contains(where: isGiven) != false
    }.map { operands.items[$0] }
  }
}
