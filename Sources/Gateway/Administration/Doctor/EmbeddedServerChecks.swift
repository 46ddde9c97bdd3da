internal import Kernel
internal import ListenerSettings
internal import SettingsFile

/// The embedded server's part of what the gateway needs.
enum EmbeddedServerChecks {
  /// Nothing where there is no sshd.yaml: then agents come in through the host's sshd.
  static func all(configurationFile file: String, broker: String) -> [any HostCheck] {
    guard HostFile.status(file) != nil else { return [] }
    let outcome = Result { () throws(ConfigurationError) in try ListenerConfiguration(file: file) }
    let settings = (try? outcome.get()) ?? ListenerConfiguration()
    var checks: [any HostCheck] = [
      ListenerConfigurationCheck(file: file, outcome: outcome, broker: broker),
      AccountCheck(account: settings.runAs, belongsTo: "diag"),
      ProgramCheck(path: "/usr/lib/keyhole/keyhole-sshd"), ProgramCheck(path: settings.session),
    ]
    checks += settings.hostKeys.map { HostKeyCheck(path: $0, account: settings.runAs) }
    return checks + [BrokerSocketCheck(socket: settings.broker, name: "broker, for sessions")]
  }
}

/// The listener's own settings, and that they and the broker's mean the same socket.
struct ListenerConfigurationCheck: HostCheck {
  let name = "sshd.yaml"
  let file: String
  let outcome: Result<ListenerConfiguration, ConfigurationError>
  /// Where the broker waits for sessions.
  let broker: String

  func examine() -> Finding {
    switch outcome {
    case .success(let settings) where settings.broker != broker:
      .missing(
        "\(file): `broker:` is \(settings.broker), and the broker's `sessions:` is \(broker)",
        remedy: "let both name one socket")
    case .success(let settings):
      .ok("\(file), \(settings.listen.map(\.description).joined(separator: ", "))")
    case .failure(let error): .missing(error.description, remedy: "scripts/install puts one in place")
    }
  }
}

/// A host key of the embedded server: its user's, and nobody else's to read.
struct HostKeyCheck: HostCheck {
  let name = "host key"
  let path: String
  let account: String
  var passwordFile = "/etc/passwd"

  func examine() -> Finding {
    guard let status = HostFile.status(path) else {
      // Without root the folder is closed, and that looks the same.
      return .warning(
        "\(path) is not there",
        remedy: "the first start of keyhole-sshd makes it; as root, `keyhole doctor` sees it")
    }
    let mend = "if nobody else had it: chown \(account): \(path); chmod 600 \(path)"
    guard status.kind == .regular, status.mode & 0o077 == 0 else {
      return .missing("others can read \(path), or it is no file", remedy: mend)
    }
    let owner = AccountCheck.user(named: account, in: HostFile.text(passwordFile) ?? "")
    guard let owner, status.user.rawValue == owner else {
      return .missing("\(path) is not \(account)'s", remedy: mend)
    }
    return .ok(path)
  }
}
