internal import ArgumentParser
internal import Kernel
internal import Policy

/// `keyhole agents import`
struct AgentsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make agents of an authorized_keys file.",
    discussion: """
      keyhole agents import authorized_keys /home/diag/.ssh/authorized_keys --role observer --dry-run
      Each key becomes an agent named after its comment. `from=` and `expiry-time=` are taken over; what sshd would restrict \
      is left out, with a note, since keyhole restricts by itself; keys after `cert-authority` become \
      `certificate-authorities`. All of the file is imported, into a new file agents/imported.yaml, or nothing.
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case authorizedKeys = "authorized_keys"
  }

  @Argument(help: "What the file is: authorized_keys.")
  var form: Form

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @Option(help: ArgumentHelp("A role for all of them. May be given more than once.", valueName: "role"))
  var role: [String] = []

  @OptionGroup var options: AgentChangeOptions

  func run() throws {
    try AgentPolicyChange.run(options) { change in
      try change.current.checkRoles(role)
      let source = InputFile(file)
      let bytes = try source.readAll(limit: 1 << 20)
      guard !PrivateKeyText.occurs(in: bytes) else {
        throw AgentFailure(
          message: "\(source.shown) holds a private key, which is its owner's alone", hint: "give public keys"
        )
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw AgentFailure(message: "\(source.shown) is no text")
      }
      let found = AuthorizedKeysImport(text, into: change.current, roles: role)
      guard found.errors.isEmpty else {
        for error in found.errors {
          StandardStreams.error("\(source.shown):\(error.line): error: \(error.text)\n")
        }
        throw AgentFailure(
          message: "\(counted(found.errors.count, "line")) cannot be imported: nothing was changed",
          hint:
            "mend \(found.errors.count == 1 ? "it" : "them") or take \(found.errors.count == 1 ? "it" : "them") out, and import again"
        )
      }
      let notes = found.notes.map { "\(source.shown):\($0.line): \($0.text)" }
      guard !found.agents.isEmpty || !found.authorities.isEmpty else {
        for note in notes { StandardStreams.error("note: \(note)\n") }
        throw AgentFailure(message: "\(source.shown) has no key to import")
      }
      let name = try freeName()
      let what = [
        found.agents.isEmpty ? nil : counted(found.agents.count, "agent"),
        found.authorities.isEmpty
          ? nil
          : "\(found.authorities.count) certificate authorit\(found.authorities.count == 1 ? "y" : "ies")",
      ].compactMap(\.self).joined(separator: " and ")
      let names = found.agents.prefix(20).map(\.name).joined(separator: ", ")
      return AgentPolicyChange.Request(
        file: name, bytes: try AgentText.file(of: found.agents, authorities: found.authorities),
        summary: "imported \(what): \(options.place.directory)/\(name)" + (names.isEmpty ? "" : "\n\(names)"),
        notes: notes)
    }
  }

  /// A name that no file has.
  private func freeName() throws -> String {
    for number in 1...1_000 {
      let name = number == 1 ? "agents/imported.yaml" : "agents/imported-\(number).yaml"
      if !FilePlace.exists("\(options.place.directory)/\(name)") { return name }
    }
    throw AgentFailure(message: "there are too many imported files", hint: "merge them")
  }
}
