internal import AuditSchema

/// Reads lines of an audit log and knows the records that the broker wrote.
///
/// A log holds what many programs wrote, and text from outside in much of it. A line is taken for a record of the
/// broker only when all of it has the form that the broker, libaudit and the kernel give it: one prefix, one `msg='…'`,
/// in it the fields of one operation, each once and in order, and libaudit's own five fields at the end, of which `exe`
/// names the broker. What looks like a field elsewhere, such as in another record's text, counts for nothing. Whoever
/// can write such a line as a whole has CAP_AUDIT_WRITE or the log file.
public struct AuditEntryReader: Sendable {
  /// What a line is.
  public enum Reading: Equatable, Sendable {
    case entry(AuditEntry)
    /// Somebody else's record, or no record.
    case other
    /// It names Keyhole and is not as the broker writes it: cut, forged, or of another version.
    case malformed
  }

  /// Longer lines are no records: the kernel keeps 8,970 bytes of a message, and ENRICHED adds names to it.
  public static let longestLine = 32_768

  private let executables: Set<[UInt8]>

  /// `executables` are the paths of programs whose records count.
  public init(executables: some Sequence<String>) {
    self.executables = Set(executables.map { Array($0.utf8) })
  }

  /// Reads one line, without its newline.
  public func read(_ line: some Collection<UInt8>) -> Reading {
    // Nearly all lines of a log are other programs': they are told apart by one search.
    guard line.count <= Self.longestLine else { return .other }
    var text = LogText(line)
    guard text.contains("op=keyhole:") else { return .other }
    return entry(&text).map { .entry($0) } ?? .malformed
  }

  private func entry(_ text: inout LogText) -> AuditEntry? {
    var node: String?
    if text.take("node=") {
      node = text.takeWord()
      guard node != nil else { return nil }
    }
    guard text.take("type="), let type = text.takeWord(), text.take("msg=audit("),
      let seconds = text.takeNumber(),
      text.take("."), let milliseconds = text.takeDigits(3), text.take(":"), let serial = text.takeNumber(),
      text.take("): ")
    else { return nil }
    // The kernel's own fields, which it writes in this order (audit_log_common_recv_msg, audit_log_user_recv_msg).
    guard text.take("pid="), text.takeNumber() != nil, text.take(" uid="), text.takeNumber() != nil,
      text.take(" auid="), text.takeNumber() != nil, text.take(" ses="), text.takeNumber() != nil
    else { return nil }
    // A security module's label, as `subj=unconfined`.
    if text.take(" subj=") {
      guard text.takeWord() != nil else { return nil }
    } else if !text.take(" ") {
      return nil
    }
    guard text.take("msg='"), let message = text.takeMessage(), let fields = Self.fields(message) else {
      return nil
    }
    return entry(
      type: type, node: node, time: Int64(clamping: seconds) &* 1_000 &+ Int64(milliseconds), serial: serial,
      fields)
  }

  private func entry(
    type: String, node: String?, time: Int64, serial: UInt64, _ fields: [LogField]
  ) -> AuditEntry? {
    // libaudit appends these, after everything that the program said (audit_log_user_message(3)).
    let appended = ["exe", "hostname", "addr", "terminal", "res"]
    guard fields.count > appended.count else { return nil }
    let tail = fields.suffix(appended.count).map { $0 }
    guard tail.map(\.name) == appended, executables.contains(tail[0].decoded), tail[1].raw == Array("?".utf8)
    else { return nil }
    let own = fields.dropLast(appended.count)
    guard let first = own.first, first.name == "op",
      let operation = AuditOperation(rawValue: String(decoding: first.raw, as: UTF8.self)),
      operation.types.contains(where: { $0.name.description == type }),
      Self.names(own.map(\.name), fit: operation)
    else { return nil }
    let isSuccess: Bool
    switch String(decoding: tail[4].raw, as: UTF8.self) {
    case "success": isSuccess = true
    case "failed": isSuccess = false
    default: return nil
    }
    let address = String(decoding: tail[2].raw, as: UTF8.self)
    return AuditEntry(
      node: node, operation: operation, time: time, serial: serial,
      fields: own.map { AuditEntry.Field(name: $0.name, value: $0.decoded) },
      address: address == "?" ? nil : address, isSuccess: isSuccess)
  }

  /// Whether these are the fields of such a record, in their order.
  private static func names(_ names: [String], fit operation: AuditOperation) -> Bool {
    var rest = names[...]
    for place in operation.layout {
      if rest.first == place.name.rawValue {
        rest.removeFirst()
      } else if !place.isOptional {
        return false
      }
    }
    return rest.isEmpty
  }

  /// `name=value` fields with one space between them; nil when it is anything else.
  private static func fields(_ message: ArraySlice<UInt8>) -> [LogField]? {
    var fields: [LogField] = []
    for part in message.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
      guard let field = LogField(part), !fields.contains(where: { $0.name == field.name }) else { return nil }
      fields.append(field)
    }
    return fields
  }
}
