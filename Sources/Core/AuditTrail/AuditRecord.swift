/// One record of the audit trail, before libaudit adds `exe hostname addr terminal res` and the kernel its own prefix.
public struct AuditRecord: Equatable, Sendable {
  /// Record types that ausearch(8) and aureport(8) know; the numbers are those of libaudit.h.
  public enum Kind: Int32, Equatable, Sendable {
    case userAuthentication = 1100
    case userManagement = 1102
    case userEnd = 1106
    case userAdded = 1114
    case userDeleted = 1115
    case accountLocked = 1135
    case accountUnlocked = 1136
    case userCommand = 1123
    case systemConfiguration = 1111
    case serviceStart = 1130
    case serviceStop = 1131
    case refusedFileAccess = 2111
  }

  public enum Result: Equatable, Sendable {
    case success
    case failed
  }

  public let kind: Kind
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
