internal import CommandGrammar

/// Commands that need no process. No policy can define a command of one of these names.
public enum BuiltIn: String, Sendable, CaseIterable {
  case help, whoami, targets, explain, `true`, `false`, echo, which, command, cd

  /// One line for `help`.
  public var about: String {
    switch self {
    case .help: "list the commands, or show one: help COMMAND"
    case .whoami: "name the agent and its roles"
    case .targets: "list the hosts that can be reached"
    case .explain: "judge a line without running it: explain LINE"
    case .true: "succeed"
    case .false: "fail"
    case .echo: "print words: echo [-n] WORD…"
    case .which: "print the executable that a command runs: which COMMAND…"
    case .command: "the same: command -v COMMAND…"
    case .cd: "change the directory for the rest of the line: cd DIR"
    }
  }
}

extension Judge {
  /// What a built-in does; its text is known now.
  mutating func action(
    of builtIn: BuiltIn, _ words: ArraySlice<Word>, isAlone: Bool
  ) throws(Refusal) -> JudgedStage.Action {
    switch builtIn {
    case .help: return try help(texts(words, of: builtIn))
    case .whoami: return said(identity)
    case .targets: return said("this host\n")
    case .explain: return explain(words)
    case .true: return .say(output: "", error: "", status: 0)
    case .false: return .say(output: "", error: "", status: 1)
    case .echo: return try echo(texts(words, of: builtIn))
    case .which: return try which(texts(words, of: builtIn), of: builtIn)
    case .command:
      let names = try texts(words, of: builtIn)
      guard names.first == "-v" else {
        throw refusal(
          builtIn, "only `command -v NAME` is there", hint: "write the command itself without `command`")
      }
      return try which(Array(names.dropFirst()), of: builtIn)
    case .cd: return try changeDirectory(words, isAlone: isAlone)
    }
  }

  func said(_ output: String, status: UInt8 = 0) -> JudgedStage.Action {
    .say(output: output, error: "", status: status)
  }

  func refusal(_ builtIn: BuiltIn, _ reason: String, hint: String = "") -> Refusal {
    Refusal(kind: .notAllowed, rule: builtIn.rawValue, reason: "\(builtIn.rawValue): \(reason)", hint: hint)
  }

  private func texts(_ words: ArraySlice<Word>, of builtIn: BuiltIn) throws(Refusal) -> [String] {
    var result: [String] = []
    for word in words {
      guard let text = word.text else {
        let mismatch = word.wildcardMismatch(expected: "plain text")
        throw refusal(builtIn, mismatch.reason, hint: mismatch.hint)
      }
      result.append(text)
    }
    return result
  }

  private var identity: String {
    guard let agent else { return "no agent\n" }
    return "\(agent.name)\nroles: \(agent.roles.joined(separator: ", "))\npolicy: \(policy.shortDigest)\n"
  }

  private func echo(_ words: [String]) throws(Refusal) -> JudgedStage.Action {
    if let first = words.first, ["-e", "-E", "-ne", "-en"].contains(first) {
      throw refusal(.echo, "\(first) is not taken", hint: "words are printed as they are; drop \(first)")
    }
    let isBare = words.first == "-n"
    return said(words.dropFirst(isBare ? 1 : 0).joined(separator: " ") + (isBare ? "" : "\n"))
  }

  private func which(_ names: [String], of builtIn: BuiltIn) throws(Refusal) -> JudgedStage.Action {
    if names.isEmpty { throw refusal(builtIn, "a command's name is missing") }
    if let option = names.first(where: { $0.utf8.first == UInt8(ascii: "-") }) {
      throw refusal(builtIn, "option \(shown(option)) is not taken")
    }
    let found = names.compactMap { name in
      BuiltIn(rawValue: name) != nil ? name : isUsable(name) ? policy.commands[name]?.executable : nil
    }
    return said(found.map { $0 + "\n" }.joined(), status: found.count == names.count ? 0 : 1)
  }

  private mutating func changeDirectory(
    _ words: ArraySlice<Word>, isAlone: Bool
  ) throws(Refusal) -> JudgedStage.Action {
    guard isAlone else {
      throw refusal(.cd, "it has no effect in a pipeline", hint: "write `cd DIR && …`")
    }
    guard words.count == 1, let word = words.first else {
      throw refusal(.cd, "exactly one directory is expected", hint: "such as `cd /var/log && ls`")
    }
    guard let path = word.text else {
      let mismatch = word.wildcardMismatch(expected: "a directory")
      throw refusal(.cd, mismatch.reason, hint: mismatch.hint)
    }
    if let mismatch = ArgumentType.directory.acceptsSeparate(path) {
      throw refusal(.cd, mismatch.reason, hint: mismatch.hint)
    }
    try deny(word)
    moved(to: path)
    return .changeDirectory(to: path)
  }
}
