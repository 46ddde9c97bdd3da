extension Policy {
  /// The same policy with one more command, or with another rule for a command that it has.
  package func with(_ rule: CommandRule) -> Policy {
    Policy(
      commands: commands.values.filter { $0.name != rule.name } + [rule], secrets: secrets,
      publicTrees: publicTrees, variables: Array(variables.values), roles: Array(roles.values),
      agents: Array(agents.values), authorities: authorities, hints: hints, digest: digest)
  }

  /// The same policy with one more command in a role, and so for each agent that has the role.
  package func with(_ command: String, in role: Role) -> Policy {
    var extended = role
    extended.commands = role.commands.union(.only([command]))
    let agents = agents.values.map { agent in
      var agent = agent
      if agent.roles.contains(role.name) { agent.commands = agent.commands.union(.only([command])) }
      return agent
    }
    return Policy(
      commands: Array(commands.values), secrets: secrets, publicTrees: publicTrees,
      variables: Array(variables.values), roles: roles.values.filter { $0.name != role.name } + [extended],
      agents: agents, authorities: authorities, hints: hints, digest: digest)
  }
}

extension Usage {
  /// The same usage with other options or operands; what names options by index is named anew.
  package func with(options rules: [OptionRule]? = nil, operands: OperandPattern? = nil) -> Usage {
    let old = options.rules
    return Usage(
      options: rules ?? old, required: required.map { old[$0].names[0] },
      requiredWhen: requiredWhen.map { (old[$0.option].names[0], $0.variable) },
      exclusive: exclusive.map { group in group.map { old[$0].names[0] } },
      operands: operands ?? self.operands)
  }
}

extension VerbTable {
  /// The same verbs with one more, or with another rule for one.
  package func with(_ rule: VerbRule) -> VerbTable {
    let index = rules.firstIndex { $0.names == rule.names }
    var rules = rules
    if let index { rules[index] = rule } else { rules.append(rule) }
    return VerbTable(rules, standard: standard)
  }
}
