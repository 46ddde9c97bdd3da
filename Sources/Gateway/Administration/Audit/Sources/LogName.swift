/// A log's file name, taken apart: `audit.log`, and what rotation and compression make of it.
///
/// auditd writes `audit.log` and moves it to `audit.log.1`, `.2` and so on, the oldest with the highest number
/// (auditd.conf(5), `num_logs`); logrotate(8) puts a date behind it instead when it is told to, and both may be compressed.
struct LogName: Equatable {
  /// Without what rotation and compression added.
  let base: String
  /// nil for the file that is written to.
  let rotation: Rotation?

  enum Rotation: Equatable {
    case number(Int)
    case date(String)
  }

  private static let compressions = [".gz", ".xz", ".zst", ".bz2"]

  init(_ name: String) {
    var rest = name[...]
    for ending in Self.compressions where rest.hasSuffix(ending) && rest.count > ending.count {
      rest = rest.dropLast(ending.count)
      break
    }
    let isDigit: (Character) -> Bool = { ("0"..."9").contains($0) }
    if let mark = rest.lastIndex(where: { $0 == "." || $0 == "-" }), mark > rest.startIndex {
      let suffix = rest[rest.index(after: mark)...]
      if suffix.count >= 8, suffix.allSatisfy(isDigit) {
        base = String(rest[..<mark])
        rotation = .date(String(suffix))
        return
      }
      if rest[mark] == ".", (1...6).contains(suffix.count), suffix.allSatisfy(isDigit),
        let number = Int(suffix)
      {
        base = String(rest[..<mark])
        rotation = .number(number)
        return
      }
    }
    base = String(rest)
    rotation = nil
  }

  /// Whether this looks like a log, in a directory with other files.
  var isLog: Bool { base.hasSuffix(".log") && base.count > 4 && !base.hasPrefix(".") }

  /// Whether what stands in this file was written before what stands in `other`.
  func isOlder(than other: LogName) -> Bool {
    switch (rotation, other.rotation) {
    case (.date(let own), .date(let its)): own < its
    case (.date, _): true
    case (_, .date): false
    case (.number(let own), .number(let its)): own > its
    case (.number, nil): true
    case (nil, _): false
    }
  }
}
