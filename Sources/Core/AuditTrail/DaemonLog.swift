internal import Kernel

/// How an audit daemon's log looks from outside.
struct DaemonLogState: Equatable, Sendable {
  /// Changes with each record that is written, and when the log is rotated.
  struct Mark: Equatable, Sendable {
    var inode: UInt64
    var size: UInt64
    /// Nanoseconds since 1970.
    var changed: Int64
  }

  var mark: Mark
  /// Bytes that its file system has left.
  var free: UInt64
}

/// Where the daemon writes.
protocol DaemonLog: Sendable {
  var path: String { get }
  /// nil when there is no log, or the daemon writes none by its configuration.
  func look() -> DaemonLogState?
}

/// The log that auditd.conf(5) names.
struct ConfiguredDaemonLog: DaemonLog {
  private let configuration: String

  init(configuration: String) { self.configuration = configuration }

  var path: String { Self.value(of: "log_file", in: text) ?? "/var/log/audit/audit.log" }

  private var text: String {
    guard let file = FilePath(Array(configuration.utf8)),
      let bytes = try? FileDescriptor.open(file).readAll(limit: 1 << 20)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  func look() -> DaemonLogState? {
    let text = text
    guard Self.value(of: "write_logs", in: text)?.lowercased() != "no",
      let file = FilePath(Array((Self.value(of: "log_file", in: text) ?? path).utf8)),
      let log = try? FileDescriptor.open(file, [.readOnly]),
      let status = try? log.status(), let room = try? log.fileSystemRoom()
    else { return nil }
    return DaemonLogState(
      mark: .init(inode: status.inode, size: status.size, changed: status.changed), free: room.free)
  }

  /// The value of a keyword; nil when the text does not have it.
  static func value(of keyword: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { part in
        part.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).joined(separator: " ")
      }
      if parts.count == 2, parts[0] == keyword, !parts[1].isEmpty { return parts[1] }
    }
    return nil
  }
}
