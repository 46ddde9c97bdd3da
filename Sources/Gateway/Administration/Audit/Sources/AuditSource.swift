internal import ArgumentParser
internal import AuditReading
internal import Kernel

/// All that chosen logs hold, each host's oldest first, and the hosts' merged by time. Memory does not grow with the logs.
final class AuditSource {
  /// Descriptors that are not for logs.
  private static let otherDescriptors = 64
  /// In all, however many hosts there are.
  private static let mostBuffered = 1 << 26
  private static let mostDescriptors = 65_536
  /// Milliseconds between two looks at logs that grow.
  private static let followPause = 200

  let streams: [LogStream]
  let progress: ScanProgress
  /// Names of all files, for reports.
  let names: [String]

  /// Opens all logs, so that rotation takes none away; what cannot be opened ends the program with status 2.
  /// `isMixed` says that the command prints while it reads.
  init(_ names: [String], executables: [String], isMixed: Bool = false) throws {
    let room = (try? ResourceLimit.raiseDescriptors(to: Self.mostDescriptors)) ?? 1_024
    let opened = try Self.open(names, room: room - Self.otherDescriptors)
    let reader = AuditEntryReader(executables: executables)
    let files = opened.flatMap(\.files)
    let progress = ScanProgress(total: Self.total(files), isMixed: isMixed)
    self.progress = progress
    self.names = files.map { LogFailure.shown($0.name) }
    streams = opened.map { LogStream(host: $0.host, files: $0.files, reader: reader, progress: progress) }
  }

  /// Whether there are logs of more than one host, or a place of a log says whose it is.
  var hasHosts: Bool { streams.count > 1 || streams.contains { $0.host != nil } }

  /// What was read so far.
  var counts: ScanCounts { streams.reduce(ScanCounts()) { $0 + $1.counts } }

  /// Hands on each record of the broker.
  func forEachEntry(_ body: (AuditEntry) throws -> Void) throws {
    try forEachLine { line in
      if case .entry(let entry) = line.content { try body(entry) }
    }
  }

  /// Hands on each record of the broker, and each line that is none though it names Keyhole or is too long for any.
  func forEachLine(_ body: (AuditLine) throws -> Void) throws {
    defer { progress.end() }
    guard streams.count > 1 else {
      while let line = try streams.first?.next() { try body(line) }
      return
    }
    var heads = MergeQueue()
    for (index, stream) in streams.enumerated() {
      if let line = try stream.next() { heads.add(line, from: index) }
    }
    while let (line, index) = heads.takeFirst() {
      try body(line)
      if let next = try streams[index].next() { heads.add(next, from: index) }
    }
  }

  /// Goes on for ever with what is written from now on. `pause` is called when all was handed on.
  func follow(_ body: (AuditEntry) throws -> Void, pause: () -> Void) throws {
    while true {
      pause()
      if streams.allSatisfy(\.isAtEnd) { return }
      var none: [PollEntry] = []
      do throws(KernelError) {
        _ = try poll(&none, milliseconds: Self.followPause)
      } catch {
        throw LogFailure.cannotRead(names.first ?? "-", error)
      }
      for stream in streams {
        try stream.refresh()
        while let line = try stream.next() {
          if case .entry(let entry) = line.content { try body(entry) }
        }
      }
    }
  }

  /// 0 when it cannot be told before they are read.
  private static func total(_ files: [OpenLog]) -> Int {
    files.allSatisfy { $0.identity != nil && !$0.isCompressedByName } ? files.reduce(0) { $0 + $1.size } : 0
  }

  private struct Opened {
    let host: String?
    let files: [OpenLog]
  }

  /// Opens what the names mean until nothing was renamed meanwhile.
  private static func open(_ names: [String], room: Int) throws -> [Opened] {
    for _ in 0..<8 {
      let series = try LogSearch.series(names)
      let count = series.reduce(0) { $0 + $1.paths.count }
      guard count <= room else {
        throw unusable(
          "\(count) files are more than can be open at once, \(room)",
          hint: "name fewer, or raise `ulimit -n`")
      }
      let partSize = min(OpenLog.largestPart, max(1 << 14, mostBuffered / max(1, series.count)))
      var known: Set<OpenLog.Identity> = []
      var opened: [Opened] = []
      var isTorn = false
      for one in series {
        var files: [OpenLog] = []
        for path in one.paths {
          do throws(KernelError) {
            let file = try OpenLog(path, partSize: partSize)
            // One file under two names is read once.
            if let identity = file.identity, !known.insert(identity).inserted { continue }
            files.append(file)
          } catch {
            if error.isAbsence, one.paths.count > 1, !names.contains(path) {
              isTorn = true
            } else {
              throw LogFailure.cannotRead(path, error)
            }
          }
        }
        opened.append(Opened(host: one.host, files: files))
      }
      if !isTorn, try LogSearch.series(names) == series,
        opened.allSatisfy({ $0.files.allSatisfy(\.isStillThere) })
      {
        return opened
      }
    }
    throw LogFailure.vanishing(names.first ?? LogSearch.standardDirectory)
  }
}
