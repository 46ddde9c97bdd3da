internal import ArgumentParser

/// `keyhole audit`: what the audit trail says.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Review what agents did.",
    subcommands: [AuditListCommand.self])
}
