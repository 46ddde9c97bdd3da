internal import AuditReading

/// A line of a log that is Keyhole's, or names Keyhole, or could be anything.
struct AuditLine {
  enum Content {
    case entry(AuditEntry)
    /// Not as the broker writes it: cut, forged, or of another version.
    case malformed([UInt8])
    /// Longer than any record, and left out.
    case tooLong
  }

  let content: Content
  /// As it was named.
  let file: String
  /// From 1.
  let number: Int
  /// The machine, where the log's place says it.
  let host: String?
}

/// What was read of logs.
struct ScanCounts: Equatable {
  var files = 0
  var lines = 0
  /// Records of the broker.
  var entries = 0
  /// Lines that name Keyhole and are not as the broker writes them.
  var malformed = 0
  var tooLong = 0
  /// Records of other programs.
  var other: Int { lines - entries - malformed - tooLong }

  static func + (one: ScanCounts, two: ScanCounts) -> ScanCounts {
    ScanCounts(
      files: one.files + two.files, lines: one.lines + two.lines, entries: one.entries + two.entries,
      malformed: one.malformed + two.malformed, tooLong: one.tooLong + two.tooLong)
  }
}
