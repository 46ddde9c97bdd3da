internal import AuditSchema

/// Who called, as far as it is known.
public struct Caller: Equatable, Sendable {
  /// The agent's name in the policy; nil when its key belongs to no agent.
  public var agent: String?
  /// The key's fingerprint, `SHA256:…`.
  public var keyFingerprint: String?
  public var address: ClientAddress?
  /// The VM that the call is for; nil for this host.
  public var vm: String?
  /// The connection of the embedded server; nil where OpenSSH is in front.
  public var session: SessionID?

  public init(
    agent: String?, keyFingerprint: String?, address: ClientAddress?, vm: String? = nil,
    session: SessionID? = nil
  ) {
    self.agent = agent
    self.keyFingerprint = keyFingerprint
    self.address = address
    self.vm = vm
    self.session = session
  }

  var fields: [AuditField] {
    [.encoded(.acct, agent), .encoded(.key, keyFingerprint)] + (vm.map { [.encoded(.vm, $0)] } ?? [])
      + (session.map { [.plain(.session, AuditToken($0))] } ?? [])
  }
}

/// A line that has been judged.
public struct Decision: Equatable, Sendable {
  public var call: CallID
  public var caller: Caller
  /// The line as the caller sent it; nil when the client asked for a shell.
  public var line: [UInt8]?
  /// How long the line was before a front cut it, in bytes.
  public var lineLength: Int
  /// The names of the rules that allowed or refused, in order.
  public var rules: [String]
  /// Of the policy that judged: 16 hexadecimal digits.
  public var policy: AuditToken

  public init(
    call: CallID, caller: Caller, line: [UInt8]?, lineLength: Int? = nil, rules: [String], policy: AuditToken
  ) {
    self.call = call
    self.caller = caller
    self.line = line
    self.lineLength = lineLength ?? line?.count ?? 0
    self.rules = rules
    self.policy = policy
  }

  fileprivate func fields(_ verdict: AuditWord, _ command: AuditField.Value?) -> [AuditField] {
    var names: [String] = []
    for rule in rules where !names.contains(rule) { names.append(rule) }
    return [.op(.decision), .plain(.call, AuditToken(call))] + caller.fields
      + [
        .plain(.policy, policy), .plain(.verdict, verdict), .encoded(.rule, names.joined(separator: ":")),
      ]
      + (command.map { [AuditField(.cmd, $0)] } ?? [])
  }
}

extension AuditRecord {
  /// The line is in it whole, or it is too long to record.
  static func allowed(_ decision: Decision) -> AuditRecord {
    AuditRecord(
      type: .userCommand, result: .success, address: decision.caller.address, terminal: .ssh,
      fields: decision.fields(.allowed, decision.line.map { .encoded($0) }))
  }

  /// A call that is not run. A line that has no room is cut.
  public static func refused(_ decision: Decision, reason: String) -> AuditRecord {
    AuditRecord(
      type: .userCommand, result: .failed, address: decision.caller.address, terminal: .ssh,
      fields: decision.fields(
        .refused,
        decision.line.map { .cuttable($0, bytes: decision.lineLength, countedBy: .commandBytes) })
        + [.explanation(reason)])
  }
}
