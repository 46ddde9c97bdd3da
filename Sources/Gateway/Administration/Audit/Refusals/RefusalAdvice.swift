internal import Policy

/// What can be done about one group of refusals: what `policy learn` says of its lines.
struct RefusalAdvice {
  /// The policy as it is now would allow so many of the different lines.
  var allowedNow = 0
  /// Changes of the policy that other lines want.
  var proposals: [Proposal] = []
  /// Why nothing is proposed for others, with how many of the lines.
  var reasons: [(reason: String, lines: Int)] = []

  init(
    of group: RefusalGroups.Group, _ use: RefusalGroups.Use, _ run: LearningRun,
    _ places: [RefusalLog.Call: Int]
  ) {
    if group.agent == nil {
      reasons.append(("the key belongs to no agent: `keyhole agents add` if its owner should have one", 0))
      return
    }
    if let vm = group.vm {
      reasons.append(("it was for \(vm), which has a policy of its own", 0))
      return
    }
    let indices = use.calls.compactMap { places[$0] }.sorted()
    var counts: [String: Int] = [:]
    for index in indices {
      switch run.outcomes[index] {
      case .allowedNow: allowedNow += 1
      case .proposed: break
      case .notProposed(let reason): counts[reason, default: 0] += 1
      }
    }
    proposals = run.proposals.filter { proposal in
      indices.contains { proposal.calls.contains($0) && run.outcomes[$0] == .proposed }
    }
    reasons = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    if use.example == nil {
      reasons.append(("no line was sent: a shell is never given", 0))
    } else if use.hasCutLines {
      reasons.append(("a line that is not in its record as a whole cannot be judged again", 0))
    }
  }
}
