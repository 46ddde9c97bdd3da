// Between the administrator's program and the broker, over the control socket: one request, one reply. A reply about a
// policy's mistakes has a descriptor with it: a sealed memory file that holds ``PolicyFindings``.

/// What an administrator may ask of a running broker.
public enum ControlRequest: Equatable, Sendable {
  /// Put the policy on disk into force.
  case reload
  /// Say what is in force, and how busy the broker is.
  case status
}

public enum ControlReply: Equatable, Sendable {
  /// The policy on disk is in force now.
  case reloaded(PolicyExchange)
  /// The policy on disk has errors: the one of this digest stays.
  case kept(KeptPolicy)
  case status(BrokerStatus)
  /// Nothing was done: why, and what to do.
  case failed(reason: String, hint: String)
}

/// How many parts of one kind a policy had and has. A part is known by its name, a secret or public tree by its text.
public struct PartChange: Equatable, Sendable {
  public var before: UInt32
  public var after: UInt32
  public var added: UInt32
  public var removed: UInt32
  /// In both, with another meaning.
  public var changed: UInt32

  public init(before: UInt32, after: UInt32, added: UInt32, removed: UInt32, changed: UInt32) {
    self.before = before
    self.after = after
    self.added = added
    self.removed = removed
    self.changed = changed
  }
}

/// One policy in place of another.
public struct PolicyExchange: Equatable, Sendable {
  /// 64 hexadecimal digits each.
  public var before: String
  public var after: String
  public var commands: PartChange
  public var secrets: PartChange
  public var publicTrees: PartChange
  public var roles: PartChange
  public var agents: PartChange
  /// Whether the audit trail has it.
  public var isRecorded: Bool
  /// How many ``PolicyFindings`` come with it, all of them warnings.
  public var warnings: UInt32

  public init(
    before: String, after: String, commands: PartChange, secrets: PartChange, publicTrees: PartChange,
    roles: PartChange, agents: PartChange, isRecorded: Bool, warnings: UInt32
  ) {
    self.before = before
    self.after = after
    self.commands = commands
    self.secrets = secrets
    self.publicTrees = publicTrees
    self.roles = roles
    self.agents = agents
    self.isRecorded = isRecorded
    self.warnings = warnings
  }
}

/// A policy that stays since the one on disk does not load.
public struct KeptPolicy: Equatable, Sendable {
  /// 64 hexadecimal digits.
  public var digest: String
  /// Why the other one does not load, when that is no mistake in a file.
  public var reason: String
  public var isRecorded: Bool
  /// How many ``PolicyFindings`` come with it.
  public var findings: UInt32

  public init(digest: String, reason: String, isRecorded: Bool, findings: UInt32) {
    self.digest = digest
    self.reason = reason
    self.isRecorded = isRecorded
    self.findings = findings
  }
}

public struct BrokerStatus: Equatable, Sendable {
  /// Where the policy comes from.
  public var policyDirectory: [UInt8]
  /// Of the policy in force: 64 hexadecimal digits.
  public var digest: String
  public var commands: UInt32
  public var secrets: UInt32
  public var publicTrees: UInt32
  public var roles: UInt32
  public var agents: UInt32
  /// Seconds since 1970.
  public var loadedAt: UInt64
  public var startedAt: UInt64
  public var runningCalls: UInt32
  public var mostCalls: UInt32
  /// False when the configuration says `audit: off`.
  public var recordsCalls: Bool
  /// Connections of the embedded server with an agent at their other end.
  public var sessions: UInt32

  public init(
    policyDirectory: [UInt8], digest: String, commands: UInt32, secrets: UInt32, publicTrees: UInt32,
    roles: UInt32, agents: UInt32, loadedAt: UInt64, startedAt: UInt64, runningCalls: UInt32,
    mostCalls: UInt32, recordsCalls: Bool, sessions: UInt32
  ) {
    self.policyDirectory = policyDirectory
    self.digest = digest
    self.commands = commands
    self.secrets = secrets
    self.publicTrees = publicTrees
    self.roles = roles
    self.agents = agents
    self.loadedAt = loadedAt
    self.startedAt = startedAt
    self.runningCalls = runningCalls
    self.mostCalls = mostCalls
    self.recordsCalls = recordsCalls
    self.sessions = sessions
  }
}
