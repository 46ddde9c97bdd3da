/// One thing in a period that a reviewer should see first.
struct AuditFinding: Equatable {
  enum Kind: String, CaseIterable {
    // The trail itself, and Keyhole.
    case brokenChain = "broken-chain"
    case auditTrouble = "audit-trouble"
    case crash
    case lostCalls = "lost-calls"
    case policyRefused = "policy-refused"
    case unreadableLines = "unreadable-lines"
    // What was not there before.
    case newAgent = "new-agent"
    case newKey = "new-key"
    case newAddress = "new-address"
    case newCommand = "new-command"
    case unusualHours = "unusual-hours"
    // What was tried.
    case unknownKeys = "unknown-keys"
    case failedAuthentication = "failed-authentication"

    /// Something is wrong, rather than new.
    var isTrouble: Bool {
      switch self {
      case .brokenChain, .auditTrouble, .crash, .lostCalls, .policyRefused, .unreadableLines: true
      default: false
      }
    }

    /// In front of a finding.
    var title: String {
      switch self {
      case .brokenChain: "Chain broken"
      case .auditTrouble: "Records missing"
      case .crash: "Broker crashed"
      case .lostCalls: "Calls lost"
      case .policyRefused: "Policy refused"
      case .unreadableLines: "Unreadable lines"
      case .newAgent: "New agent"
      case .newKey: "New key"
      case .newAddress: "New address"
      case .newCommand: "New command"
      case .unusualHours: "Unusual hours"
      case .unknownKeys: "Unknown keys"
      case .failedAuthentication: "Not let in"
      }
    }
  }

  var kind: Kind
  /// The agent, where it is about one.
  var agent: String?
  /// What was found: a key, a command; text from outside.
  var subject: String
  /// The rest of the sentence, in Keyhole's words.
  var remark = ""
  var count: Int
  /// In milliseconds since 1970; nil where it has no time.
  var first: Int64?
  var last: Int64?
}
