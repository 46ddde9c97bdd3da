internal import ArgumentParser
internal import Policy

/// `--key` and `--key-file`.
struct KeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A public key, the whole line of its .pub file. May be given more than once.", valueName: "line"))
  var key: [String] = []

  @Option(
    help: ArgumentHelp("A file of public keys, one a line, or - for standard input.", valueName: "file"))
  var keyFile: [String] = []

  /// All that are given, each once.
  func keys() throws -> [PublicKey] {
    var keys: [PublicKey] = []
    for text in key { try add(text, from: "--key", to: &keys) }
    for name in keyFile {
      let file = InputFile(name)
      let bytes = try file.readAll(limit: 1 << 20)
      guard !PrivateKeyText.occurs(in: bytes) else {
        throw AgentFailure(
          message: "\(file.shown) holds a private key, which is its owner's alone",
          hint: name == "-" ? "give the .pub file" : "give the public key: --key-file \(name).pub")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw AgentFailure(message: "\(file.shown) is no text", hint: "give a .pub file")
      }
      let before = keys.count
      for line in text.split(whereSeparator: \.isNewline) where !Self.isEmpty(line) {
        try add(String(line), from: file.shown, to: &keys)
      }
      guard keys.count > before else { throw AgentFailure(message: "\(file.shown) holds no key") }
    }
    return keys
  }

  private func add(_ text: String, from source: String, to keys: inout [PublicKey]) throws(AgentFailure) {
    let key: PublicKey
    do throws(PublicKeyError) {
      key = try PublicKey(parsing: text)
    } catch {
      // Whatever it is, it may be a secret: it is not repeated.
      throw AgentFailure(message: "\(source): \(error.message)", hint: error.hint)
    }
    if !keys.contains(key) { keys.append(key) }
  }

  private static func isEmpty(_ line: Substring) -> Bool {
    guard let first = line.first(where: { !$0.isWhitespace }) else { return true }
    return first == "#"
  }
}

extension Policy {
  /// That nobody else has these keys. `name` may have them.
  func checkFree(_ keys: [PublicKey], besides name: String? = nil) throws(AgentFailure) {
    for key in keys {
      if let owner = agent(forKey: key.base64), owner.name != name {
        throw AgentFailure(
          message: "the key is agent \(owner.name)'s already: \(owner.location)",
          hint: "a key names one agent; make another: ssh-keygen -t ed25519")
      }
      if authorities.contains(key) {
        throw AgentFailure(
          message: "the key is a certificate authority's",
          hint: "make another for the agent: ssh-keygen -t ed25519")
      }
    }
  }
}
