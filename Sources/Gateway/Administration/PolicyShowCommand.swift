internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy show`: what a policy amounts to for somebody.
struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the effective policy, for an agent, a role or everyone.",
    usage:
      "keyhole policy show [--policy <dir>] [--agent <name> | --role <name>] [--secrets] [--json] [COMMAND…]",
    discussion: """
      Without COMMAND: the commands that may be used, with the place where each is defined, and what of them is not \
      installed on this host; the public trees, and how many secrets there are. With COMMAND: all that its rule says.

      Exits with 0, or with 2 when the policy is broken or does not have the command, agent or role.
      """)

  @OptionGroup var options: PolicyOptions
  @OptionGroup var asker: AskerOptions

  @Flag(help: "List the secrets with their reasons.")
  var secrets = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(help: ArgumentHelp("Show these commands in full.", valueName: "command"))
  var commands: [String] = []

  func run() throws {
    let policy = try options.load().policy
    let asker = try asker.asker(in: policy)
    for name in commands where policy.commands[name] == nil {
      if let builtIn = BuiltIn(rawValue: name) { throw unusable("\(name) is built in: \(builtIn.about)") }
      let near = nearest(to: name, among: policy.commands.keys).first
      throw unusable("the policy has no command \(name)", hint: near.map { "did you mean \($0)?" } ?? "")
    }
    let view = PolicyView(
      directory: options.policy, policy: policy, asker: asker, chosen: commands, showsSecrets: secrets)
    StandardStreams.output(json ? view.json.description + "\n" : view.text)
  }
}
