internal import ArgumentParser
internal import InternetAddresses
internal import Policy

/// `keyhole agents add`
struct AgentsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Let an agent come.",
    discussion: """
      Writes agents/NAME.yaml below the policy directory.
        keyhole agents add claude --key 'ssh-ed25519 AAAA… claude@build' --role observer
        keyhole agents add auditor --key-file auditor.pub --role logs --from 10.0.0.0/8 --expires 30d
        keyhole agents add nightly --principal nightly-report --role web
      """)

  @Argument(help: "The agent's name: letters, digits and - _ .")
  var name: String

  @OptionGroup var given: KeyOptions

  @Option(help: ArgumentHelp("A name in certificates that stands for the agent.", valueName: "name"))
  var principal: [String] = []

  @Option(help: ArgumentHelp("A role of the policy. May be given more than once.", valueName: "role"))
  var role: [String] = []

  @Option(
    help: ArgumentHelp("A network or address that it may connect from: 10.0.0.0/8.", valueName: "network"))
  var from: [String] = []

  @Option(
    help: ArgumentHelp("Its last day (2030-12-31), a time, or how long from now (30d).", valueName: "when"))
  var expires: String?

  @Option(help: ArgumentHelp("What it is for, one line.", valueName: "text"))
  var about: String?

  @Option(help: ArgumentHelp("How many of its commands may run at once.", valueName: "number"))
  var calls: Int?

  @Option(help: ArgumentHelp("How many connections it may have open at once.", valueName: "number"))
  var connections: Int?

  @OptionGroup var options: AgentChangeOptions

  func validate() throws {
    if given.key.isEmpty, given.keyFile.isEmpty, principal.isEmpty {
      throw ValidationError(
        "an agent needs a key: --key 'ssh-ed25519 AAAA…', --key-file FILE, or --principal")
    }
    for bound in [calls, connections].compactMap(\.self) where !(1...4_096).contains(bound) {
      throw ValidationError("--calls and --connections take a number from 1 to 4096")
    }
  }

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      let agent = try text(in: change.current)
      let file = "agents/\(name).yaml"
      if try FilePlace.read("\(options.place.directory)/\(file)", limit: 1 << 20) != nil {
        throw AgentFailure(
          message: "\(options.place.directory)/\(file) is there already and has no agent \(name)",
          hint: "rename it, or write the agent into it: keyhole policy edit \(file)")
      }
      return AgentPolicyChange.Request(
        file: file, bytes: try AgentText.file(of: [agent]),
        summary: "added agent \(name): \(options.place.directory)/\(file)")
    }
  }

  /// What is to be written, once nothing stands against it.
  private func text(in policy: Policy) throws -> AgentText {
    guard AgentText.isName(name) else {
      throw AgentFailure(message: "an agent's name has letters, digits and - _ . only, up to 64")
    }
    if let agent = policy.agents[name] {
      throw AgentFailure(
        message: "there is an agent \(name) already: \(agent.location)",
        hint: "give it another key with `keyhole agents rotate \(name)`, or choose another name")
    }
    try policy.checkRoles(role)
    let keys = try given.keys()
    try policy.checkFree(keys)
    var networks: [String] = []
    for text in from.flatMap({ $0.split(separator: ",").map(String.init) }) {
      do throws(NetworkError) {
        networks.append(try Network(text).description)
      } catch {
        throw AgentFailure(
          message: "--from \(TerminalText.oneLine(text)): \(error.message)", hint: error.hint)
      }
    }
    if let about { try AgentText.checkLine(about, "--about") }
    return AgentText(
      name: name, about: about ?? "", keys: keys.map(\.line), principals: principal, roles: role,
      networks: networks, expiry: try expires.map { try ExpiryOption.text($0) },
      limits: AgentLimits(connections: connections, calls: calls))
  }
}

extension Policy {
  func checkRoles(_ names: [String]) throws(AgentFailure) {
    for name in names where roles[name] == nil {
      let near = nearest(to: name, among: roles.keys).first
      throw AgentFailure(
        message: "there is no role \(TerminalText.oneLine(name))",
        hint: near.map { "did you mean \($0)?" } ?? "roles: " + roles.keys.sorted().joined(separator: ", "))
    }
  }
}
