internal import InternetAddresses
public import SettingsFile
internal import Yams

extension ListenerConfiguration {
  /// Reads a file; keys that are absent keep their defaults, and unknown ones are errors.
  public init(file: String) throws(ConfigurationError) {
    try self.init(parsing: try SettingsReader.text(ofFile: file), file: file)
  }

  init(parsing text: String, file: String) throws(ConfigurationError) {
    self.init()
    let reader = SettingsReader(file: file)
    for (key, value) in try reader.pairs(ofFile: text, "such as `listen: 2222`") {
      try set(key, value, reader)
    }
  }

  private static let keys = [
    "listen", "host-keys", "broker", "session", "run-as", "log", "limits", "penalties",
  ]

  private mutating func set(
    _ key: Node, _ value: Node, _ reader: SettingsReader
  ) throws(ConfigurationError) {
    switch key.string {
    case "listen":
      listen = []
      for item in try reader.items(value, "a list of addresses", "such as `listen: [\"0.0.0.0:2222\"]`") {
        let addresses = try reader.value(
          item, "an address with a port, or a port",
          "such as 192.0.2.1:2222, \"[2001:db8::1]:2222\" or 2222; no names"
        ) { text -> [ListenAddress]? in
          if let port = ListenAddress.port(text) { return ListenAddress.everywhere(port: port) }
          return ListenAddress(text).map { [$0] }
        }
        for address in addresses {
          if listen.contains(address) { throw reader.error(at: item, "\(address) stands here twice") }
          listen.append(address)
        }
      }
      // As many as there may be from the service manager.
      if listen.count > 15 {
        throw reader.error(at: value, "more than 15 addresses", "0.0.0.0 means all of IPv4")
      }
    case "host-keys":
      hostKeys = []
      for item in try reader.items(value, "a list of files", "") { hostKeys.append(try reader.path(item)) }
      if hostKeys.count > 8 {
        throw reader.error(at: value, "more than 8 keys", "one of each type is enough")
      }
    case "broker": broker = try reader.path(value)
    case "session": session = try reader.path(value)
    case "run-as": runAs = try reader.text(value)
    case "log":
      log = try reader.choice(value, ["trace", "debug", "info", "notice", "warning", "error", "critical"])
    case "limits": try limits.read(value, reader)
    case "penalties": try penalties.read(value, reader)
    default: throw reader.unknown(key, known: Self.keys)
    }
  }
}

extension Limits {
  private static let keys = [
    "authentication-time", "attempts", "idle", "startups", "connections", "connections-per-source",
    "source-networks", "channels", "keepalive-interval", "keepalive-count", "rekey-bytes", "rekey-time",
    "input",
    "drain",
  ]

  mutating func read(_ node: Node, _ reader: SettingsReader) throws(ConfigurationError) {
    for (key, value) in try reader.pairs(node, "such as `limits: {attempts: 6}`") {
      switch key.string {
      case "authentication-time": authenticationTime = try reader.time(value, least: 1000)
      case "attempts": attempts = try reader.number(value, 1...100)
      case "idle": idle = try reader.time(value)
      case "startups":
        startups = try reader.value(
          value, "`begin:rate:full`", "such as 10:30:100: from 10 on, 30 in a hundred, from 100 on all",
          StartupLimit.init)
      case "connections": connections = try reader.number(value, 1...16_384)
      case "connections-per-source": connectionsPerSource = try reader.number(value, 1...16_384)
      case "source-networks":
        sourceNetworks = try reader.value(
          value, "two prefix lengths", "such as 32:64: single IPv4 addresses, IPv6 networks of 64 bits",
          SourceNetworks.init)
      case "channels": channels = try reader.number(value, 1...256)
      case "keepalive-interval": keepaliveInterval = try reader.time(value)
      case "keepalive-count": keepaliveCount = try reader.number(value, 1...100)
      case "rekey-bytes": rekeyBytes = try reader.size(value, least: 1 << 20)
      case "rekey-time": rekeyTime = try reader.time(value, least: 1000)
      case "input": inputBytes = try reader.size(value, least: 1)
      case "drain": drain = try reader.time(value)
      default: throw reader.unknown(key, known: Self.keys)
      }
    }
  }
}

extension Penalties {
  private static let keys = [
    "crash", "not-accepted", "left-early", "timed-out", "protocol-error", "threshold", "maximum", "sources",
    "exempt",
  ]

  /// `off`, or what there is to set.
  mutating func read(_ node: Node, _ reader: SettingsReader) throws(ConfigurationError) {
    if let word = node.scalar?.string {
      guard word == "off" else { throw reader.error(at: node, "unknown value", "`off`, or keys with values") }
      isOn = false
      return
    }
    for (key, value) in try reader.pairs(node, "such as `penalties: {exempt: [192.0.2.0/24]}`, or `off`") {
      switch key.string {
      case "crash": crash = try reader.time(value)
      case "not-accepted": notAccepted = try reader.time(value)
      case "left-early": leftEarly = try reader.time(value)
      case "timed-out": timedOut = try reader.time(value)
      case "protocol-error": protocolError = try reader.time(value)
      case "threshold": threshold = try reader.time(value)
      case "maximum": maximum = try reader.time(value)
      case "sources": sources = try reader.number(value, 16...1_048_576)
      case "exempt":
        exempt = []
        for item in try reader.items(value, "a list of networks", "such as `exempt: [192.0.2.0/24]`") {
          exempt.append(try network(item, reader))
        }
      default: throw reader.unknown(key, known: Self.keys)
      }
    }
    guard maximum >= threshold else {
      throw reader.error(at: node, "the maximum is below the threshold", "then nobody would ever be kept out")
    }
  }

  private func network(_ item: Node, _ reader: SettingsReader) throws(ConfigurationError) -> Network {
    let text = try reader.text(item)
    do throws(NetworkError) {
      return try Network(text)
    } catch {
      throw reader.error(at: item, error.message, error.hint)
    }
  }
}
