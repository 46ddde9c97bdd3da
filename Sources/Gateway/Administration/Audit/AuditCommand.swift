internal import ArgumentParser

/// `keyhole audit`: what the audit trail says.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Review what agents did.",
    discussion: """
      The records are in the host's audit log, /var/log/audit, and these commands read it, its rotated and compressed files, \
      logs that were gathered from several hosts, or standard input. docs/audit-review.md has a reviewer's questions and the \
      commands that answer them.

      keyhole audit list --since today                what was run, what was refused
      keyhole audit list -f                           and what is run now
      keyhole audit list --agent claude --verdict refused
      keyhole audit show b986fb6560aa499c             all about one call
      keyhole audit verify                            is anything missing or altered?
      keyhole audit report --html week.html           who did what in the last week, and what is new
      keyhole audit refusals --since 7d               what was refused, and what would allow it
      keyhole audit export --calls > calls.jsonl      for other programs
      zcat old.log.gz | keyhole audit list -          from anywhere
      keyhole audit list /srv/collected --host 'web-*'
      """,
    subcommands: [
      AuditListCommand.self, AuditShowCommand.self, AuditReportCommand.self, AuditRefusalsCommand.self,
      AuditVerifyCommand.self, AuditExportCommand.self,
    ])
}
