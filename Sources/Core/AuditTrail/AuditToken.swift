internal import AuditSchema

/// A value that stands in a record as it is: 1 to 64 bytes of `A–Z a–z 0–9 . _ : / -`.
///
/// Text from outside is never one of these: it goes through the encoded fields.
public struct AuditToken: Equatable, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// nil for every other text.
  public init?(_ text: String) {
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
    description = text
  }

  /// A token that stands in the source; traps when it is none.
  public init(literal text: StaticString) {
    guard let token = AuditToken(text.description) else { preconditionFailure("not a token: \(text)") }
    self = token
  }

  init(_ number: UInt64) {
    description = String(number)
  }

  /// `N-M`
  init(_ range: ClosedRange<UInt64>) {
    description = "\(range.lowerBound)-\(range.upperBound)"
  }

  init(chain: RecordChain) {
    description = chain.description
  }

  /// Digits of `0–9 a–f`; what else there is, is left out.
  init(hexadecimal digits: String) {
    let kept = digits.utf8.filter { "0123456789abcdef".utf8.contains($0) }.prefix(64)
    description = kept.isEmpty ? "0" : String(decoding: Array(kept), as: UTF8.self)
  }

  init(_ call: CallID) {
    description = call.description
  }

  init(_ session: SessionID) {
    description = session.description
  }

  init(_ operation: AuditOperation) {
    description = operation.rawValue
  }

  /// A word of this module.
  init(_ word: AuditWord) {
    description = word.rawValue
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      "._:/-".utf8.contains(byte)
    }
  }
}

/// The fixed words that records use as values; docs/audit.md lists them.
enum AuditWord: String, CaseIterable {
  case allowed, refused
  case exited, signaled, failed
  case timedOut = "timed-out"
  case outputLimit = "output-limit"
  case clientGone = "client-gone"
  case none

  case idle, limit, draining, revoked, crashed, misbehaved, stopped
  case tooManyAttempts = "too-many-attempts"
  case protocolError = "protocol-error"

  case added, removed, changed, suspended, resumed

  case first, stop, crash, boot, lost

  case startUp = "start"
  case signal, control, unset
}
