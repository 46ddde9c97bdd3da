internal import ArgumentParser
internal import AuditReading
internal import Kernel

/// The lines of one series of logs that matter to Keyhole, oldest first, one after the other.
final class LogStream {
  let host: String?
  private let reader: AuditEntryReader
  private let progress: ScanProgress
  /// The oldest is the last.
  private var files: [OpenLog]
  private var current: OpenLog?
  private var lines = LogLines()
  private var number = 0
  private(set) var counts = ScanCounts()
  /// Whether more may be written to the last file: a line without its newline then waits for it.
  var isLive = false

  /// All files are open already: rotation then takes none of them away.
  init(host: String?, files: [OpenLog], reader: AuditEntryReader, progress: ScanProgress) {
    self.host = host
    self.files = files.reversed()
    self.reader = reader
    self.progress = progress
  }

  /// The next record of Keyhole, or line that could be one; nil at the end.
  func next() throws -> AuditLine? {
    while true {
      if let line = lineAtHand() { return line }
      guard try readMore() else { return nil }
    }
  }

  /// What the reading so far holds.
  private func lineAtHand() -> AuditLine? {
    var passed = 0
    let found = lines.next(with: reader, passed: &passed)
    number += passed
    counts.lines += passed
    guard let (line, reading) = found else { return nil }
    switch (line, reading) {
    case (.bytes, .entry(var entry)):
      counts.entries += 1
      if entry.node == nil { entry.node = host }
      return auditLine(.entry(entry))
    case (.bytes(let range), _):
      counts.malformed += 1
      return auditLine(.malformed(lines.copy(range)))
    case (.tooLong, _):
      counts.tooLong += 1
      return auditLine(.tooLong)
    }
  }

  private func auditLine(_ content: AuditLine.Content) -> AuditLine {
    AuditLine(content: content, file: current?.name ?? "-", number: number, host: host)
  }

  /// False at the end of all.
  private func readMore() throws -> Bool {
    while true {
      if current == nil {
        guard let file = files.popLast() else { return false }
        current = file
        number = 0
        counts.files += 1
        progress.isReading(file.name)
      }
      let part = try current?.next() ?? []
      progress.add(bytes: part.count)
      if !part.isEmpty {
        lines.add(part)
        return true
      }
      if isLive, files.isEmpty, current?.identity != nil { return false }
      // A last line without a newline is a line.
      if lines.end() { return true }
      current = nil
    }
  }

  /// Whether nothing can come any more: standard input, or a pipe, has ended.
  var isAtEnd: Bool { files.isEmpty && (current == nil || current?.identity == nil) }

  /// Looks what became of the file that is written to: cut short, it is read from its start; renamed, as rotation does,
  /// it is read to its end and then the new one of its name.
  func refresh() throws {
    guard isLive, files.isEmpty, let current, let identity = current.identity else { return }
    if current.size < current.position {
      try current.rewind()
      lines = LogLines()
      number = 0
      return
    }
    if let fresh = try? OpenLog(current.name), let other = fresh.identity, other != identity {
      files = [fresh]
    }
  }
}
