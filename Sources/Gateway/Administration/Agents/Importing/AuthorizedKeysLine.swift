internal import Policy

/// A line of an authorized_keys file with its options. sshd(8), AUTHORIZED_KEYS FILE FORMAT
struct AuthorizedKeysLine: Equatable {
  struct Option: Equatable {
    /// In lower case: sshd compares without regard to case.
    var name: String
    /// Without its quotes.
    var value: String?
  }

  var options: [Option]
  var key: PublicKey

  enum Failure: Error, Equatable {
    case key(PublicKeyError)
    /// Quotes that do not close, or something between an option and the next.
    case options
  }

  /// nil for a line that has nothing but blanks or a comment.
  static func read(_ line: String) throws(Failure) -> AuthorizedKeysLine? {
    let text = Substring(line).drop { $0 == " " || $0 == "\t" }
    guard let first = text.first, first != "#" else { return nil }
    // As sshd does: first as a key; when it is none, as options and a key behind them.
    do throws(PublicKeyError) {
      return AuthorizedKeysLine(options: [], key: try PublicKey(parsing: String(text)))
    } catch {
      let word = String(text.prefix { $0 != " " && $0 != "\t" })
      let isKey =
        PublicKey.types.contains(word) || word == "ssh-dss" || word.hasSuffix("-cert-v01@openssh.com")
      if isKey || error == .privateKey { throw .key(error) }
    }
    let (options, rest) = try readOptions(text)
    do throws(PublicKeyError) {
      return AuthorizedKeysLine(options: options, key: try PublicKey(parsing: String(rest)))
    } catch {
      throw .key(options.contains { $0.value != nil } || isPlausible(options) ? error : .unknownType(""))
    }
  }

  private static let flags: Set<String> = [
    "restrict", "cert-authority", "pty", "user-rc", "agent-forwarding", "port-forwarding", "x11-forwarding",
    "no-pty", "no-user-rc", "no-agent-forwarding", "no-port-forwarding", "no-x11-forwarding",
    "no-touch-required", "verify-required",
  ]

  private static func isPlausible(_ options: [Option]) -> Bool {
    options.allSatisfy { flags.contains($0.name) }
  }

  /// Options up to the first blank outside quotes. In quotes `\"` is a quote, and nothing else is escaped.
  private static func readOptions(
    _ text: Substring
  ) throws(Failure) -> (options: [Option], rest: Substring) {
    var options: [Option] = []
    var rest = text
    while true {
      let name = rest.prefix { $0 != "," && $0 != "=" && $0 != " " && $0 != "\t" && $0 != "\"" }
      rest = rest[name.endIndex...]
      var option = Option(name: name.lowercased())
      if rest.first == "=" {
        rest = rest.dropFirst()
        guard rest.first == "\"" else { throw .options }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first, character != "\"" {
          let isEscaped = character == "\\" && rest.dropFirst().first == "\""
          value.append(isEscaped ? "\"" : character)
          rest = rest.dropFirst(isEscaped ? 2 : 1)
        }
        guard rest.first == "\"" else { throw .options }
        rest = rest.dropFirst()
        option.value = value
      }
      guard !option.name.isEmpty else { throw .options }
      options.append(option)
      switch rest.first {
      case ",": rest = rest.dropFirst()
      case " ", "\t": return (options, rest.drop { $0 == " " || $0 == "\t" })
      default: throw .options
      }
    }
  }
}
