internal import ArgumentParser
internal import AuditReading
internal import AuditSchema
internal import Glibc

/// `keyhole audit show`: one call whole.
struct AuditShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all about one call.",
    discussion: """
      Who asked, from where, what the policy said, what was refused on the way, and how it ended, on every host and VM whose \
      records are there. With --raw also the records as they stand in the log, for `ausearch -i`.

      keyhole audit show b986fb6560aa499c
      keyhole audit show b986 /srv/collected

      Exits with 0, with 1 when there is no such call or several, and with 2 when a log cannot be read.
      """)

  @Argument(help: "The call's id, or its beginning: keyhole audit list shows it.")
  var call: String

  @OptionGroup var logs: AuditLogOptions

  @Flag(help: "Also the records themselves.")
  var raw = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let id = try AuditOptions.callID(call)
    var search = CallSearch(prefix: id)
    let source = try logs.source()
    try source.forEachEntry { search.add($0) }
    guard search.ids.count == 1 else { throw noSingleCall(id, search, source) }
    let found = search.found
    if json {
      StandardStreams.output("\(object(found))\n")
    } else {
      StandardStreams.output(found.map { CallView($0).text }.joined(separator: "\n"))
      if raw { printRecords(found) }
    }
  }

  private func noSingleCall(_ id: String, _ search: CallSearch, _ source: AuditSource) -> ExitCode {
    if search.ids.isEmpty {
      Words.complain(
        "there is no record of a call \(id) among \(counted(source.counts.entries, "record")) of Keyhole",
        hint: "is it in another file, or on another host? keyhole audit list shows the ids")
    } else {
      let shown = search.ids.prefix(CallSearch.mostIDs - 1).joined(separator: ", ")
      Words.complain(
        "\(search.ids.count < CallSearch.mostIDs ? String(search.ids.count) : "more than \(search.ids.count - 1)") calls begin with \(id): \(shown)",
        hint: "give more of the id")
    }
    return ExitStatus.failure
  }

  /// Byte for byte where no terminal reads them.
  private func printRecords(_ found: [CallSearch.Found]) {
    let records = found.flatMap { one in
      [one.authentication].compactMap { $0 } + one.records + [one.sessionEnd].compactMap { $0 }
    }
    if isatty(STDOUT_FILENO) == 1 {
      StandardStreams.output(
        "\n" + records.map { TerminalText.oneLine(String(decoding: $0.line, as: UTF8.self)) + "\n" }.joined())
    } else {
      StandardStreams.output("\n")
      for record in records { StandardStreams.output(record.line + [UInt8(ascii: "\n")]) }
    }
  }

  private func object(_ found: [CallSearch.Found]) -> JSONValue {
    var json = AuditJSON()
    func record(_ entry: AuditEntry) -> JSONValue {
      guard case .object(var members) = json.record(entry) else { return .null }
      if raw {
        members.append(.init(name: "line", value: .text(String(decoding: entry.line, as: UTF8.self))))
      }
      return .object(members)
    }
    return [
      "call": .text(found.first?.id ?? ""),
      "hosts": .list(
        found.map { one in
          [
            "host": .optional(one.host), "call": one.call.map { json.call($0) } ?? .null,
            "authentication": one.authentication.map(record) ?? .null,
            "records": .list(one.records.map(record)),
            "session-end": one.sessionEnd.map(record) ?? .null,
          ]
        }),
    ]
  }
}
