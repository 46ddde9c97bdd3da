internal import Kernel

/// What one auditd wrote, in files of which each goes on where the one before ended.
struct LogSeries: Equatable {
  /// The machine, where its records do not name it: the name of the directory or file in a collection of several hosts' logs.
  let host: String?
  /// Oldest first; `-` is standard input.
  let paths: [String]
}

extension LogSeries {
  /// Files of a directory, or named by somebody, put together by their names. In the order of their names.
  static func grouped(_ paths: [String], host: (_ base: String) -> String?) -> [LogSeries] {
    var groups: [String: [(name: LogName, path: String)]] = [:]
    var order: [String] = []
    for path in paths {
      let (directory, file) = path == "-" ? ("", path) : FilePlace.split(path)
      let name = LogName(file)
      let key = "\(directory)/\(name.base)"
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append((name, path))
    }
    return order.map { key in
      let files = (groups[key] ?? []).sorted { $0.name.isOlder(than: $1.name) }
      var seen: Set<String> = []
      return LogSeries(
        host: files.first.flatMap { host($0.name.base) },
        paths: files.map(\.path).filter { seen.insert($0).inserted })
    }
  }
}
