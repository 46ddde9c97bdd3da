internal import AuditTrail
internal import Policy

/// Why a call is not run, and what the caller hears.
enum CallFailure: Error {
  /// By the policy.
  case refused(Refusal)
  /// Keyhole itself could not: exit status 125.
  case impossible(reason: String, hint: String)

  init(_ error: AuditError) {
    self = .impossible(
      reason: "nothing was run, since it cannot be recorded: \(error.message)", hint: error.hint)
  }

  var status: UInt8 {
    switch self {
    case .refused(let refusal): refusal.kind == .unknownCommand ? 127 : 126
    case .impossible: 125
    }
  }

  var messages: [String] {
    switch self {
    case .refused(let refusal):
      let rule = refusal.location.map { " (\($0.description))" } ?? ""
      return [refusal.reason + rule] + Self.hint(refusal.hint)
    case .impossible(let reason, let hint): return [reason] + Self.hint(hint)
    }
  }

  private static func hint(_ text: String) -> [String] { text.isEmpty ? [] : ["hint: \(text)"] }
}
