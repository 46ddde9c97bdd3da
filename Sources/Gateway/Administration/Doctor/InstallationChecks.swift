internal import BrokerSettings
internal import Kernel
internal import Policy
internal import PolicyFiles
internal import SettingsFile

/// A program of the gateway: there, and only root can replace it.
struct ProgramCheck: HostCheck {
  let path: String
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  func examine() -> Finding {
    guard let status = HostFile.status(path) else {
      return .missing("\(path) is not there", remedy: "scripts/install")
    }
    guard status.kind == .regular, status.mode & 0o111 != 0 else {
      return .missing("\(path) cannot be executed", remedy: "chmod 0755 \(path)")
    }
    guard HostFile.isRootsAlone(status) else {
      return .missing(
        "others than root can change \(path)", remedy: "chown root:root \(path); chmod go-w \(path)")
    }
    return .ok(path)
  }
}

/// sshd's part: the forced command for the account that agents use (sshd_config(5)).
struct ServerConfigurationCheck: HostCheck {
  let name = "sshd configuration"
  var file = "/etc/ssh/sshd_config.d/50-keyhole.conf"

  func examine() -> Finding {
    guard let status = HostFile.status(file) else {
      return .missing("\(file) is not there", remedy: "scripts/install")
    }
    guard HostFile.isRootsAlone(status) else {
      return .missing(
        "others than root can change \(file)", remedy: "chown root:root \(file); chmod go-w \(file)")
    }
    guard let text = HostFile.text(file) else {
      return .warning("\(file) cannot be read", remedy: "run `keyhole doctor` as root")
    }
    let settings = text.split(separator: "\n").map { line in
      line.split(whereSeparator: { " \t".contains($0) }).joined(separator: " ").lowercased()
    }
    guard settings.contains(where: { $0.hasPrefix("forcecommand /") && $0.hasSuffix("/keyhole-shell") }),
      settings.contains("exposeauthinfo yes")
    else {
      return .missing("\(file) does not force keyhole-shell", remedy: "scripts/install writes it anew")
    }
    return .ok(file)
  }
}

/// The broker's own settings.
struct ConfigurationCheck: HostCheck {
  let name = "broker.yaml"
  let file: String
  let outcome: Result<BrokerConfiguration, ConfigurationError>

  func examine() -> Finding {
    switch outcome {
    case .success: .ok(file)
    case .failure(let error): .missing(error.description, remedy: "scripts/install puts one in place")
    }
  }
}

/// The socket at which the broker takes calls.
struct BrokerSocketCheck: HostCheck {
  let socket: String
  var name = "broker"

  func examine() -> Finding {
    guard let status = HostFile.status(socket), status.kind == .socket else {
      return .missing("\(socket) is not there", remedy: "systemctl enable --now keyhole-broker.socket")
    }
    guard status.mode & 0o007 == 0 else {
      return .missing("everybody can connect to \(socket)", remedy: "chmod 0660 \(socket)")
    }
    return .ok(socket)
  }
}

/// The policy, loaded as the broker loads it.
struct PolicyCheck: HostCheck {
  let name = "policy"
  let directory: String

  func examine() -> Finding {
    do throws(PolicyFilesError) {
      let loaded = try PolicyLoader().load(directory: directory)
      guard !loaded.policy.agents.isEmpty else {
        return .warning(
          loaded.policy.summary, remedy: "nobody may connect: add agents to \(directory)/agents.yaml")
      }
      return .ok(loaded.policy.summary)
    } catch {
      let count = error.diagnostics.count { $0.severity == .error }
      return .missing(
        "\(counted(count, "error")) in \(directory)",
        remedy: "keyhole policy check --policy \(directory)")
    }
  }
}
