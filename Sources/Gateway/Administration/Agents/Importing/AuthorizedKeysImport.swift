internal import InternetAddresses
internal import Kernel
internal import Policy

/// What an authorized_keys file becomes: agents with what their options mean here, and notes of what has no meaning here.
struct AuthorizedKeysImport {
  struct Remark: Equatable {
    var line: Int
    var text: String
  }

  private(set) var agents: [AgentText] = []
  private(set) var authorities: [String] = []
  /// What is left out or changed although it is imported.
  private(set) var notes: [Remark] = []
  /// What cannot be imported. With any, nothing is.
  private(set) var errors: [Remark] = []

  private let policy: Policy
  private let roles: [String]
  private var names: Set<String>
  private var keyLines: [PublicKey: Int] = [:]

  init(_ text: String, into policy: Policy, roles: [String]) {
    self.policy = policy
    self.roles = roles
    names = Set(policy.agents.keys)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let number = index + 1
      do throws(AuthorizedKeysLine.Failure) {
        if let read = try AuthorizedKeysLine.read(String(line)) { add(read, number) }
      } catch {
        switch error {
        case .key(let reason): fail(number, "\(reason.message); \(reason.hint)")
        case .options: fail(number, "the options before the key are not well-formed")
        }
      }
    }
  }

  private mutating func note(_ line: Int, _ text: String) { notes.append(Remark(line: line, text: text)) }

  private mutating func fail(_ line: Int, _ text: String) { errors.append(Remark(line: line, text: text)) }

  private mutating func add(_ line: AuthorizedKeysLine, _ number: Int) {
    if let other = keyLines.updateValue(number, forKey: line.key) {
      return fail(number, "the same key stands on line \(other)")
    }
    if let owner = policy.agent(forKey: line.key.base64) {
      return fail(number, "the key is agent \(owner.name)'s already: \(owner.location)")
    }
    let isAuthority = line.options.contains { $0.name == "cert-authority" }
    if policy.authorities.contains(line.key) {
      guard isAuthority else { return fail(number, "the key is a certificate authority's in the policy") }
      return note(number, "the policy has this certificate authority already")
    }
    if isAuthority { return addAuthority(line, number) }
    var agent = AgentText(name: name(for: line.key.comment, number))
    agent.keys = [line.key.line]
    agent.roles = roles
    var dropped: [String] = []
    for option in line.options {
      switch (option.name, option.value) {
      case ("from", let value?): agent.networks = networks(value, number)
      case ("expiry-time", let value?): agent.expiry = expiry(value, number)
      case ("verify-required", nil):
        note(number, "\(agent.name): verify-required is not demanded any more: keyhole cannot see it")
      default: dropped.append(option.name)
      }
    }
    if !dropped.isEmpty {
      note(
        number,
        "\(agent.name): left out, since keyhole restricts by itself: " + dropped.joined(separator: ", "))
    }
    agents.append(agent)
  }

  private mutating func addAuthority(_ line: AuthorizedKeysLine, _ number: Int) {
    authorities.append(line.key.line)
    note(number, "a certificate authority: its certificates stand for agents that have `principals`")
    let rest = line.options.map(\.name).filter { $0 != "cert-authority" }
    if !rest.isEmpty { note(number, "left out: " + rest.joined(separator: ", ")) }
  }

  /// The part of a comment that can be a name; a number makes it unique.
  private mutating func name(for comment: String, _ number: Int) -> String {
    let allowed = ByteSet.word.union(ByteSet("-."))
    var bytes: [UInt8] = []
    for byte in comment.utf8.prefix(56) {
      bytes.append(allowed.contains(byte) ? byte : UInt8(ascii: "-"))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let trimmed = text.split(separator: "-").joined(separator: "-")
    let base = trimmed.isEmpty || trimmed.allSatisfy({ $0 == "." }) ? "agent-\(number)" : trimmed
    var name = base
    var count = 1
    while names.contains(name) {
      count += 1
      name = "\(base)-\(count)"
    }
    names.insert(name)
    if name != comment {
      note(
        number,
        "\(name): named so after \(comment.isEmpty ? "its line, since it has no comment" : "`\(comment)`")")
    }
    return name
  }

  /// `from=`: a list of patterns; only addresses and networks have a meaning here. ssh_config(5), PATTERNS
  private mutating func networks(_ value: String, _ number: Int) -> [String] {
    var networks: [String] = []
    for text in value.split(separator: ",").map(String.init) {
      do throws(NetworkError) {
        networks.append(try Network(text).description)
      } catch {
        let hint =
          text.hasPrefix("!") || text.contains("*") || text.contains("?")
          ? "patterns and exclusions have no meaning here: write the networks" : error.hint
        fail(number, "from=: \(TerminalText.oneLine(text)): \(error.message); \(hint)")
      }
    }
    if networks.isEmpty, value.isEmpty { fail(number, "from= is empty") }
    return networks
  }

  /// `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`; sshd takes a time without `Z` for the host's own, and a date for its
  /// beginning.
  private mutating func expiry(_ value: String, _ number: Int) -> String? {
    let isUTC = value.hasSuffix("Z")
    let digits = Array((isUTC ? value.dropLast() : value[...]).utf8)
    guard [8, 12, 14].contains(digits.count), ByteSet.digits.holdsAll(of: digits) else {
      fail(number, "expiry-time=: \(TerminalText.oneLine(value)) is not a time")
      return nil
    }
    func part(_ range: Range<Int>) -> String {
      range.upperBound <= digits.count ? String(decoding: digits[range], as: UTF8.self) : "00"
    }
    let text =
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
    do throws(ExpiryError) {
      _ = try Expiry(parsing: text)
      if isUTC { return text }
      guard let time = LocalTime.milliseconds(String(text.dropLast())) else {
        fail(number, "expiry-time=: \(TerminalText.oneLine(value)): \(ExpiryError.noSuchDate.message)")
        return nil
      }
      return UTCTime(secondsSince1970: UInt64(max(0, time / 1_000))).description
    } catch {
      fail(number, "expiry-time=: \(TerminalText.oneLine(value)): \(error.message)")
      return nil
    }
  }
}
