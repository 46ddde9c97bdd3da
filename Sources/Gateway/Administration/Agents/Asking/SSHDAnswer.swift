internal import ArgumentParser
internal import Policy
internal import Wire

/// What sshd reads of its two commands: lines for authorized_keys and for a principals file. sshd(8), AUTHORIZED_KEYS FILE
/// FORMAT; sshd_config(5), AuthorizedPrincipalsCommand
///
/// sshd starts one for every login attempt, of whatever user: it is the first thing that the program looks at, before it reads
/// its other commands.
enum SSHDAnswer {
  /// The account of which all agents are users. Of others nothing is said, whoever asks.
  static let account = "diag"
  private static let options = "restrict,command=\"/usr/lib/keyhole/keyhole-shell\""

  /// The line that lets a key in; nothing when it is no agent's.
  static func authorizedKeys(
    _ user: String, _ key: SessionKey, _ broker: BrokerQuestion
  ) throws(BrokerQuestion.Failure) -> String {
    // Anything else could be more than one word of a line.
    guard user == account, (try? PublicKey(parsing: "\(key.type) \(key.base64)")) != nil,
      case .known(true) = try broker.ask(.offered(key))
    else { return "" }
    return "\(options) \(key.type) \(key.base64)\n"
  }

  /// A line for each name that certificates of an authority may have.
  static func principals(
    _ authority: SessionKey, _ broker: BrokerQuestion
  ) throws(BrokerQuestion.Failure) -> String {
    guard case .principals(let names) = try broker.ask(.authority(authority)) else { return "" }
    return names.map { "\(options) \($0)\n" }.joined()
  }

  /// Answers if `arguments`, without the program's name, are sshd's; the status to end with, nil when they are not.
  static func answer(_ arguments: [String]) -> Int32? {
    var words = arguments[...]
    guard words.popFirst() == "agents", let command = words.popFirst() else { return nil }
    var configuration = BrokerOptions.standardFile
    if words.first == "--config", words.count > 1 {
      words.removeFirst()
      configuration = words.removeFirst()
    }
    guard !words.contains(where: { $0.hasPrefix("-") }) else { return nil }
    let broker = BrokerQuestion(configuration: configuration)
    let given = Array(words)
    switch (command, given.count) {
    case ("authorized-keys", 3), ("authorized-keys", 4):
      return answer { () throws(BrokerQuestion.Failure) in
        try authorizedKeys(given[0], SessionKey(type: given[1], base64: given[2]), broker)
      }
    case ("principals", 2):
      return answer { () throws(BrokerQuestion.Failure) in
        try principals(SessionKey(type: given[0], base64: given[1]), broker)
      }
    default: return nil
    }
  }

  private static func answer(_ text: () throws(BrokerQuestion.Failure) -> String) -> Int32 {
    do throws(BrokerQuestion.Failure) {
      StandardStreams.output(try text())
      return 0
    } catch {
      StandardStreams.error("keyhole: \(error.message)\n")
      return ExitStatus.noBroker.rawValue
    }
  }
}

/// `keyhole agents authorized-keys`, for its help: ``SSHDAnswer`` answers before commands are read.
struct AgentsAuthorizedKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorized-keys", abstract: "Answer sshd's AuthorizedKeysCommand.",
    usage: "keyhole agents authorized-keys [--config <config>] <user> <type> <key> [<fingerprint>]",
    discussion: """
      In sshd_config(5), in `Match User diag`:
        AuthorizedKeysCommand /usr/bin/keyhole agents authorized-keys %u %t %k %f
        AuthorizedKeysCommandUser diag
      Prints the line for a key that is an agent's, suspended or not: the broker says why it is not let in. Prints nothing for \
      other keys, and for other users than diag. Exits with 0, and with 69 when the broker could not be asked.
      """)

  @OptionGroup var broker: BrokerOptions
  @Argument var words: [String]

  func run() throws {
    throw ValidationError("wants <user> <type> <key> [<fingerprint>]")
  }
}

/// `keyhole agents principals`, for its help, likewise.
struct AgentsPrincipalsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "principals", abstract: "Answer sshd's AuthorizedPrincipalsCommand.",
    usage: "keyhole agents principals [--config <config>] <type> <key>",
    discussion: """
      In sshd_config(5), in `Match User diag`:
        AuthorizedPrincipalsCommand /usr/bin/keyhole agents principals %T %K
        AuthorizedPrincipalsCommandUser diag
      Prints whom certificates of this authority may name: the principals of all agents, when the policy lists the authority. \
      Exits with 0, and with 69 when the broker could not be asked.
      """)

  @OptionGroup var broker: BrokerOptions
  @Argument var words: [String]

  func run() throws {
    throw ValidationError("wants <type> <key>")
  }
}
