public import AuditSchema

/// One record of the audit trail, before libaudit adds `exe hostname addr terminal res` and the kernel its own prefix.
public struct AuditRecord: Equatable, Sendable {
  public enum Result: Equatable, Sendable {
    case success
    case failed
  }

  public let type: AuditRecordType
  public let result: Result
  /// Where the client is, nil when there is none or its address is not known.
  public let address: ClientAddress?
  let terminal: Terminal
  let fields: [AuditField]

  enum Terminal: String, Sendable {
    case ssh
    case none = "?"
  }

  /// What the kernel passes on of a record's text, including what libaudit adds; it cuts the rest without a word
  /// (AUDIT_MESSAGE_TEXT_MAX of linux/audit.h).
  public static let maximumBytes = 8560

  /// The record's text for a program whose executable has the path `executable`.
  ///
  /// When it is too long, first the explanation is shortened, then what may be cut is cut, and a record that is still too
  /// long throws `.tooLong`.
  func text(executable: [UInt8]) throws(AuditError) -> String {
    let appended = appendedCount(executable: executable)
    let room = Self.maximumBytes - appended
    let order =
      fields.indices.filter { fields[$0].isExplanation } + fields.indices.filter { fields[$0].isCuttable }
    var kept: [AuditField?] = fields
    for index in order {
      let count = Self.join(kept).utf8.count
      guard count > room else { break }
      kept[index] = fields[index].shortened(to: room - (count - fields[index].text.utf8.count))
    }
    let text = Self.join(kept)
    guard text.utf8.count <= room else { throw .tooLong(bytes: text.utf8.count + appended) }
    return text
  }

  private static func join(_ fields: [AuditField?]) -> String {
    fields.compactMap { $0?.text }.joined(separator: " ")
  }

  private func appendedCount(executable: [UInt8]) -> Int {
    let result = result == .success ? "success" : "failed"
    let address = address?.description ?? "?"
    let fixed = " exe= hostname=? addr=\(address) terminal=\(terminal.rawValue) res=\(result)"
    return fixed.utf8.count + AuditEncoding.libauditCount(executable)
  }
}
