internal import ArgumentParser

/// What has to be said of a scan beside what was found, on standard error.
struct ScanNotes {
  private let source: AuditSource

  init(_ source: AuditSource) { self.source = source }

  /// Ends the program with status 1 when nothing was shown.
  func say(shown: Int, of noun: String) throws {
    sayMalformed()
    let counts = source.counts
    guard shown == 0 else { return }
    let read = "\(counted(counts.lines, "line")) in \(counted(counts.files, "file"))"
    if counts.entries == 0 {
      Words.complain(
        "no record of Keyhole among \(read)",
        hint: counts.malformed > 0
          ? "--broker names the broker whose records count"
          : "is this the log of a gateway? name another file or directory")
    } else {
      Words.complain(
        "no \(noun) matches, of \(counted(counts.entries, "record")) of Keyhole among \(read)",
        hint: "leave a filter out, or see what there is: keyhole audit list -n 20")
    }
    throw ExitStatus.failure
  }

  /// Lines that name Keyhole and are none of its records.
  func sayMalformed() {
    let count = source.counts.malformed
    guard count > 0 else { return }
    Words.complain(
      count == 1
        ? "1 line names Keyhole and is not as the broker writes it"
        : "\(count) lines name Keyhole and are not as the broker writes them",
      hint: "keyhole audit verify says where; records of another broker need --broker PATH")
  }
}
