/// Keyhole's own words to users, where the session has them and not the broker.
enum Words {
  static let unreachable = [
    "the broker cannot be reached, so that nobody is let in",
    "hint: an administrator sees more with `systemctl status keyhole-broker`",
  ]
  static let ended = [
    "the broker ended before the call did",
    "hint: what ran was ended with it; an administrator sees more with `systemctl status keyhole-broker`",
  ]

  static let unusableKey = [
    "this key or its signature cannot be used",
    "hint: use an ed25519 or ecdsa key, or rsa of 3072 bits or more with SHA-2 signatures, named by ssh -i",
  ]
  static let notWhole = [
    "the command has a NUL byte in it",
    "hint: send the command as one line of text",
  ]
  static let noSubsystem = [
    "there are no subsystems here, such as sftp",
    "hint: `cat FILE` prints a file, `ls -l DIRECTORY` lists a directory",
  ]
  static let stops = ["the server stops", "hint: nothing more is run over this connection; try again later"]

  static func tooManyCalls(_ count: UInt32) -> [String] {
    ["\(count) commands run over this connection already", "hint: wait until one of them has ended"]
  }

  /// Keyhole's own lines as users see them: hints stand on their own lines, without the prefix.
  static func shown(_ lines: [String]) -> String {
    lines.map { $0.hasPrefix("hint: ") ? "\($0)\n" : "keyhole: \($0)\n" }.joined()
  }
}
