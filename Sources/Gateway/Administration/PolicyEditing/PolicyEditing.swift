internal import ArgumentParser

/// The commands that change a policy and put it into force.
enum PolicyEditing {
  static let subcommands: [any ParsableCommand.Type] = [
    PolicyEditCommand.self, PolicyFormatCommand.self, PolicyReloadCommand.self, PolicyStatusCommand.self,
  ]
}
