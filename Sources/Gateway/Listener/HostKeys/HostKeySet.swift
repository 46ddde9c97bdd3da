internal import Logging

/// All host keys of the server.
enum HostKeySet {
  /// Loads them, and makes those that have never been; tells each key's fingerprint.
  static func loadOrMake(_ files: [String], log: Logger) throws -> [HostKeyFile.Loaded] {
    var keys: [HostKeyFile.Loaded] = []
    for file in files {
      let (key, isNew) = try HostKeyFile(file).loadOrMake()
      if isNew { log.notice("made the host key \(key.path), since there was none") }
      log.info("host key \(key.type) \(key.fingerprint) (\(key.path))")
      keys.append(key)
    }
    try check(keys)
    return keys
  }

  /// A server shows one key of each type.
  static func check(_ keys: [HostKeyFile.Loaded]) throws {
    for (index, key) in keys.enumerated() {
      guard let twin = keys[..<index].first(where: { $0.type == key.type }) else { continue }
      throw UnusableSetting(
        "\(key.path) and \(twin.path) are both of type \(key.type)\nhint: name one of them in `host-keys:`")
    }
  }
}
