internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole agents rotate`
struct AgentsRotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Give an agent another key.",
    discussion: """
      The keys given take the place of all that the agent has; what it has open with another key ends. For a change \
      without a gap do it in two steps: first with --keep-old, which adds the new key beside the old; then, when the agent \
      uses it, the same without --keep-old.
      """)

  @Argument(help: "The agent's name.")
  var name: String

  @OptionGroup var given: KeyOptions

  @Flag(help: "Keep the keys that it has, and add the new one.")
  var keepOld = false

  @OptionGroup var options: AgentChangeOptions

  func validate() throws {
    if given.key.isEmpty, given.keyFile.isEmpty {
      throw ValidationError("name the new key: --key 'ssh-ed25519 AAAA…' or --key-file FILE")
    }
  }

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      let agent = try change.current.agent(named: name)
      let keys = try given.keys()
      try change.current.checkFree(keys, besides: name)
      let isDone = keepOld ? Set(keys).isSubset(of: agent.keys) : Set(keys) == Set(agent.keys)
      guard !isDone else {
        StandardStreams.output("agent \(name) has \(keys.count == 1 ? "this key" : "these keys") already\n")
        return nil
      }
      let changes: [AgentFileChange]
      if keepOld, !agent.keys.isEmpty {
        changes = keys.filter { !agent.keys.contains($0) }
          .map { .append(key: "keys", item: YAMLText.scalar($0.line)) }
      } else {
        changes = [.set(key: "keys", value: YAMLText.list(keys.map(\.line)))]
      }
      let gone = keepOld ? [] : agent.keys.filter { !keys.contains($0) }
      let summary =
        keepOld
        ? "agent \(name) has \(counted(Set(agent.keys + keys).count, "key")) now"
        : "agent \(name) has \(counted(keys.count, "key")), and \(counted(gone.count, "key")) no longer"
      return try change.request(changes, to: agent, summary: summary)
    }
  }
}
