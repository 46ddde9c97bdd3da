internal import CommandGrammar
internal import Policy
internal import PolicyFiles

/// Refused calls, and the changes of a policy that would allow them.
///
/// Each change is made on a copy of the policy in memory. It stays only if every line that the policy must refuse still
/// is, every line that it must allow still is, and some refused line gets further by it. In the end only those calls
/// count that the changed policy allows; what was changed for others alone is undone.
struct LearningRun {
  struct Call: Equatable {
    var agent: String
    var text: String
    var times: RefusalLog.Times
  }

  /// What came of a call.
  enum Outcome: Equatable {
    /// The policy as it is allows it.
    case allowedNow
    case proposed
    case notProposed(String)
  }

  /// As many changes as one line can need.
  private static let mostRounds = 48
  /// More changes of one command than an admin reads: whoever wants them may be trying out options.
  private static let mostForOneCommand = 24
  private static let mostInAll = 300

  let original: Policy
  let calls: [Call]
  /// By call.
  private(set) var outcomes: [Outcome]
  /// In the order in which they were found; each for at least one call that is allowed with all of them.
  private(set) var proposals: [Proposal] = []
  /// The policy with all proposals.
  private(set) var policy: Policy

  init(policy: Policy, calls: [Call], cases: [PolicyCase] = [], program: @escaping (String) -> HostProgram?) {
    original = policy
    self.policy = policy
    self.calls = calls
    outcomes = Array(repeating: .notProposed("more changes than one line can need"), count: calls.count)
    let proof = PolicyProof(policy: policy, cases: cases)
    var wanted = Set(calls.indices)
    while true {
      let allowed = learn(from: wanted, proof, program)
      if allowed == wanted { break }
      wanted = allowed
    }
  }

  /// Makes changes for these calls, from the original policy on, and returns the calls that are allowed in the end.
  private mutating func learn(
    from wanted: Set<Int>, _ proof: PolicyProof, _ program: @escaping (String) -> HostProgram?
  ) -> Set<Int> {
    policy = original
    proposals = []
    var open = wanted.sorted()
    var allowed: Set<Int> = []
    for round in 0..<Self.mostRounds {
      var groups: [(subject: Proposal.Subject, needs: [Need], calls: [Int])] = []
      var places: [Proposal.Subject: Int] = [:]
      for index in open {
        switch need(of: calls[index], in: policy) {
        case nil:
          allowed.insert(index)
          outcomes[index] = round == 0 ? .allowedNow : .proposed
        case .never(let reason)?: outcomes[index] = .notProposed(reason)
        case let need?:
          guard let subject = need.subject else { continue }
          if places[subject] == nil {
            places[subject] = groups.count
            groups.append((subject, [], []))
          }
          groups[places[subject] ?? 0].needs.append(need)
          groups[places[subject] ?? 0].calls.append(index)
        }
      }
      open = []
      for group in groups {
        let reason = change(for: group.needs, group.calls, proof, program)
        if let reason {
          for index in group.calls { outcomes[index] = .notProposed(reason) }
        } else {
          open += group.calls
        }
      }
      open.sort()
      if open.isEmpty { break }
    }
    for index in open { outcomes[index] = .notProposed("more changes than one line can need") }
    return allowed
  }

  private func need(of call: Call, in policy: Policy) -> Need? {
    guard let agent = policy.agents[call.agent] else {
      return .never("the policy has no agent \(call.agent) any more")
    }
    return NeedFinder(policy: policy, agent: agent).need(of: call.text)
  }

  /// Makes the first change that holds; otherwise says why there is none.
  private mutating func change(
    for needs: [Need], _ calls: [Int], _ proof: PolicyProof, _ program: @escaping (String) -> HostProgram?
  ) -> String? {
    let changes: [PolicyChange]
    switch ChangeFinder(policy: policy, program: program).changes(for: needs) {
    case .none(let reason): return reason
    case .changes(let found): changes = found
    }
    var objection: String?
    if let command = changes.first?.command, !hasRoom(for: changes[0].subject, command) {
      return
        "there are \(Self.mostForOneCommand) proposals for \(command) already: somebody may be trying things out"
    }
    for change in changes {
      if let contradiction = proof.contradiction(in: change.policy, changed: change.command) {
        objection = contradiction
        continue
      }
      let helps = zip(needs, calls).contains { need, index in
        switch self.need(of: self.calls[index], in: change.policy) {
        case nil: return true
        case .never(let reason)?:
          objection = objection ?? reason
          return false
        case let next?: return next != need
        }
      }
      guard helps else { continue }
      policy = change.policy
      note(change, calls)
      return nil
    }
    return objection ?? "no change of the rule that is as narrow as the lines would allow them"
  }

  private func hasRoom(for subject: Proposal.Subject, _ command: String) -> Bool {
    if proposals.contains(where: { $0.subject == subject }) { return true }
    return proposals.count < Self.mostInAll
      && proposals.count { $0.subject.command == command } < Self.mostForOneCommand
  }

  private mutating func note(_ change: PolicyChange, _ calls: [Int]) {
    if let index = proposals.firstIndex(where: { $0.subject == change.subject }) {
      proposals[index].notes += change.notes.filter { !proposals[index].notes.contains($0) }
      proposals[index].calls.formUnion(calls)
    } else {
      proposals.append(Proposal(subject: change.subject, notes: change.notes, calls: Set(calls)))
    }
  }
}
