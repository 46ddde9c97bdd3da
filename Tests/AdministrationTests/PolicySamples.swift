import Policy
import SecretPaths

/// Policies for the tests of what is done with them.
enum PolicySamples {
  static let place = SourceLocation(file: "p.yaml", line: 1, column: 1)

  static func show(
    options: [OptionRule] = [], operands: [OperandPattern.Item] = [.init(type: .path, quantity: .any)]
  ) -> CommandRule {
    CommandRule(
      name: "show", executable: "/bin/cat", about: "print files", location: place,
      usage: Usage(options: options, operands: OperandPattern(operands)),
      allow: [Example(line: "show a", location: place)], deny: [Example(line: "show -x", location: place)])
  }

  static func policy(_ commands: [CommandRule] = [show()], secrets: [String] = ["/etc/shadow*"]) throws
    -> Policy
  {
    let role = Role(name: "all", commands: .all, location: place)
    let agent = Agent(name: "a", keys: [], roles: ["all"], commands: .all, location: place)
    let entries = try secrets.map {
      SecretPaths.Entry(pattern: try PathPattern($0), reason: "secret", location: "p.yaml:1:1")
    }
    return Policy(commands: commands, secrets: SecretPaths(entries), roles: [role], agents: [agent])
  }
}
