/// What a user reads when the broker cannot be asked; the same words as keyhole-shell's.
enum BrokerWords {
  static let unreachable = [
    "the broker cannot be reached, so that nobody is let in",
    "hint: an administrator sees more with `systemctl status keyhole-broker`",
  ]
  static let ended = [
    "the broker ended before the call did",
    "hint: nothing was run; an administrator sees more with `systemctl status keyhole-broker`",
  ]

  /// Keyhole's own lines as users see them: hints stand on their own lines, without the prefix.
  static func shown(_ lines: [String]) -> String {
    lines.map { $0.hasPrefix("hint: ") ? "\($0)\n" : "keyhole: \($0)\n" }.joined()
  }
}
