public import AuditSchema

/// One record of the audit trail, before libaudit adds `exe hostname addr terminal res` and the kernel its own prefix.
public struct AuditRecord: Equatable, Sendable {
  public enum Result: String, Equatable, Sendable {
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

  /// Room for ` seq=N chain=HEX32` with the largest number.
  static let numberedBytes = " seq=".utf8.count + 20 + " chain=".utf8.count + 2 * RecordChain.size

  /// The record's own fields, for a program whose executable has the path `executable`. There is room for ``numbered(_:_:after:)``.
  ///
  /// When it is too long, first the explanation is shortened, then what may be cut is cut, and a record that is still too
  /// long throws `.tooLong`.
  func text(executable: [UInt8]) throws(AuditError) -> String {
    let appended = appendedCount(executable: executable)
    let room = Self.maximumBytes - appended - Self.numberedBytes
    let order =
      fields.indices.filter { fields[$0].isExplanation } + fields.indices.filter { fields[$0].isCuttable }
    var kept: [AuditField?] = fields
    for index in order {
      let count = Self.join(kept).utf8.count
      guard count > room else { break }
      kept[index] = fields[index].shortened(to: room - (count - fields[index].text.utf8.count))
    }
    let text = Self.join(kept)
    guard text.utf8.count <= room else {
      throw .tooLong(bytes: text.utf8.count + appended + Self.numberedBytes)
    }
    return text
  }

  /// What ``text(executable:)`` gave, with its number and chain value. docs/audit.md, "The chain"
  func numbered(_ text: String, _ number: UInt64, after chain: RecordChain) -> (
    text: String, chain: RecordChain
  ) {
    let text = "\(text) \(AuditFieldName.sequence.rawValue)=\(number)"
    let next = chain.following(
      type: type, text: Array(text.utf8), address: Array(addressText.utf8),
      terminal: Array(terminal.rawValue.utf8),
      result: Array(result.rawValue.utf8))
    return ("\(text) \(AuditFieldName.chain.rawValue)=\(next)", next)
  }

  /// As libaudit writes it.
  var addressText: String { address?.description ?? "?" }

  private static func join(_ fields: [AuditField?]) -> String {
    fields.compactMap { $0?.text }.joined(separator: " ")
  }

  private func appendedCount(executable: [UInt8]) -> Int {
    let fixed = " exe= hostname=? addr=\(addressText) terminal=\(terminal.rawValue) res=\(result.rawValue)"
    return fixed.utf8.count + AuditEncoding.libauditCount(executable)
  }
}
