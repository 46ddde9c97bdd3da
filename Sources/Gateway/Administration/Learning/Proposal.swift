internal import CommandGrammar
internal import Policy

/// A change of one thing in a policy that would allow lines that were refused.
struct Proposal: Equatable {
  /// What is changed. Two proposals of one kind for one thing are one proposal.
  enum Subject: Hashable {
    case command(String)
    case role(String, command: String)
    case option(String, verb: String?, names: [String])
    case operands(String, verb: String?)
    case verb(String, name: String)
  }

  var subject: Subject
  /// Why a person should look twice, one line each.
  var notes: [String] = []
  /// Indices of the calls that wanted it.
  var calls: Set<Int> = []
}

/// A way to meet a need, tried on a copy of the policy.
struct PolicyChange {
  var subject: Proposal.Subject
  var notes: [String] = []
  /// The policy with the change.
  var policy: Policy
  /// The command that it concerns.
  var command: String
}

extension CommandRule {
  /// The same rule with another usage of the command or of one of its verbs.
  func with(_ usage: Usage, verb: VerbRule?) -> CommandRule {
    var rule = self
    if var verb {
      verb.usage = usage
      rule.verbs = verbs?.with(verb)
    } else {
      rule.usage = usage
    }
    return rule
  }
}
