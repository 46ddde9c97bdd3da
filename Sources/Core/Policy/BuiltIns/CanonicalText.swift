internal import CommandGrammar

extension Execution.Argument {
  /// The argument as a word of the command grammar.
  public var canonicalText: String {
    switch self {
    case .literal(let text): Word(text).description
    case .glob(let word): word.description
    }
  }
}

extension Needs: CustomStringConvertible {
  /// `groups systemd-journal; read /var/log/journal/**`; empty when there are none.
  public var description: String {
    [
      ("groups", groups), ("sockets", sockets), ("read", read), ("netlink", netlink.map(\.rawValue)),
      ("programs", programs),
    ].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: " "))" }.joined(separator: "; ")
  }
}

extension Limits: CustomStringConvertible {
  /// `30s, 8MiB output, 512MiB memory, 16 processes`.
  public var description: String {
    let duration = time % 1_000 == 0 ? "\(time / 1_000)s" : "\(time)ms"
    return "\(duration), \(Self.text(output)) output, \(Self.text(memory)) memory, \(processes) processes"
  }

  private static func text(_ bytes: Int) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)B"
  }
}
