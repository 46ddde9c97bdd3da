internal import ArgumentParser
internal import Kernel

/// Finds the logs that somebody means by names of files and directories.
enum LogSearch {
  /// Where auditd writes (auditd.conf(5), `log_file`).
  static let standardDirectory = "/var/log/audit"
  /// A collection has a directory for each host, and perhaps one more for the service in it.
  private static let deepest = 3
  private static let mostEntries = 100_000

  /// The series of logs below these names; said with status 2 when there are none.
  static func series(_ names: [String]) throws -> [LogSeries] {
    var files: [String] = []
    var found: [LogSeries] = []
    for name in names.isEmpty ? [standardDirectory] : names {
      if name == "-" || !isDirectory(name) {
        // What is missing or cannot be read shows when it is opened.
        files.append(name)
      } else {
        let inside = try series(below: withoutSlash(name))
        if inside.isEmpty { throw noLogs(in: name) }
        found += inside
      }
    }
    return LogSeries.grouped(files) { _ in nil } + found
  }

  /// Logs in the directory itself are those of one host, unless their names tell hosts apart; each directory in it is a host.
  private static func series(below directory: String) throws -> [LogSeries] {
    let (files, directories) = try entries(of: directory)
    var found = LogSeries.grouped(files) { base in base == "audit.log" ? nil : String(base.dropLast(4)) }
    for name in directories {
      let inside = try logs(below: "\(directory)/\(name)", depth: 2)
      found += LogSeries.grouped(inside) { _ in name }
    }
    return found
  }

  private static func logs(below directory: String, depth: Int) throws -> [String] {
    let (files, directories) = try entries(of: directory)
    guard depth < deepest else { return files }
    return try files + directories.flatMap { try logs(below: "\(directory)/\($0)", depth: depth + 1) }
  }

  private static func entries(of directory: String) throws -> (files: [String], directories: [String]) {
    var files: [String] = []
    var directories: [String] = []
    do throws(KernelError) {
      let opened = try FileDescriptor.open(try FilePlace.path(directory), [.directory])
      for entry in try opened.entries(limit: mostEntries) {
        let name = String(decoding: entry, as: UTF8.self)
        guard !name.hasPrefix(".") else { continue }
        if isDirectory("\(directory)/\(name)") {
          directories.append(name)
        } else if LogName(name).isLog {
          files.append("\(directory)/\(name)")
        }
      }
    } catch {
      throw LogFailure.cannotRead(directory, error)
    }
    return (files, directories)
  }

  private static func isDirectory(_ name: String) -> Bool {
    guard let path = try? FilePlace.path(name) else { return false }
    return (try? FileDescriptor.open(path, [.path, .directory])) != nil
  }

  private static func withoutSlash(_ name: String) -> String {
    name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
  }

  private static func noLogs(in name: String) -> ExitCode {
    unusable(
      "there is no log in \(name)",
      hint: name == standardDirectory
        ? "does auditd run here? name a file, or a directory with audit.log in it, or - for standard input"
        : "logs have names such as audit.log, audit.log.1, audit.log.2.gz or HOST.log; name other files one by one"
    )
  }
}
