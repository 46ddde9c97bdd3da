import CommandGrammar
import Policy
import SecretPaths
import Testing

let here = SourceLocation(file: "test.yaml", line: 1, column: 1)

/// A rule from the texts that a policy file would have.
func rule(
  _ name: String, _ convention: ArgumentConvention = .getopt, options: [(String, String)] = [],
  operands: [String] = [], required: [String] = [], exclusive: [[String]] = [], separator: Bool? = nil,
  fixed: [String] = [], hints: [String: String] = [:], maximumOperands: Int = 256, needs: Needs = Needs(),
  limits: Limits = Limits(), verbs: VerbTable? = nil, abbreviates: Bool = false
) throws -> CommandRule {
  CommandRule(
    name: name, executable: "/usr/bin/\(name)", about: "about \(name)", location: here,
    convention: convention,
    separator: separator, fixed: fixed,
    usage: Usage(
      options: try optionRules(options), required: required, exclusive: exclusive,
      operands: OperandPattern(try operands.map { try OperandPattern.Item(parsing: $0) })),
    verbs: verbs, abbreviates: abbreviates, maximumOperands: maximumOperands, needs: needs, limits: limits,
    hints: hints)
}

func optionRules(_ options: [(String, String)]) throws -> [OptionRule] {
  try options.map { names, type in
    try OptionRule(names: names.split(separator: ",").map { $0.filter { $0 != " " } }, parsing: type)
  }
}

func verb(
  _ names: String..., operands: [String] = [], options: [(String, String)] = [],
  shared: [(String, String)] = []
) throws -> VerbRule {
  VerbRule(
    names: names,
    usage: Usage(
      options: try optionRules(shared + options),
      operands: OperandPattern(try operands.map { try OperandPattern.Item(parsing: $0) })),
    sharedOptions: shared.count)
}

func policy(
  _ rules: CommandRule..., secrets: [(String, String)] = [], roles: [Role] = [], agents: [Agent] = []
)
  throws -> Policy
{
  Policy(
    commands: rules,
    secrets: SecretPaths(
      try secrets.map {
        SecretPaths.Entry(pattern: try PathPattern($0.0), reason: $0.1, location: "secrets.yaml:7:11")
      }), roles: roles, agents: agents)
}

/// The canonical arguments of the line's only stage; nil when it is refused.
func arguments(_ policy: Policy, _ line: String) -> [String]? {
  guard case .allowed(let judged) = policy.judge(parsing: line),
    case .run(let execution) = judged.steps.first?.stages.first?.action
  else { return nil }
  return execution.arguments.map { argument in
    switch argument {
    case .literal(let text): text
    case .glob(let word): "glob:\(word)"
    }
  }
}

/// Why a line is refused; nil when it is allowed.
func refusal(_ policy: Policy, _ line: String, agent: Agent? = nil) -> Refusal? {
  guard case .refused(let refusal) = policy.judge(parsing: line, agent: agent) else { return nil }
  return refusal
}

/// What a line of one built-in prints, and its status; nil when it is refused.
func said(_ policy: Policy, _ line: String, agent: Agent? = nil) -> (text: String, status: UInt8)? {
  guard case .allowed(let judged) = policy.judge(parsing: line, agent: agent),
    case .say(let output, _, let status) = judged.steps.first?.stages.first?.action
  else { return nil }
  return (output, status)
}
