public import AuditSchema

/// Checks that a trail is whole and unaltered, each broker's records by themselves: their numbers, the chain that joins
/// them, and the calls that they tell of. docs/audit-review.md says what that proves. Memory does not grow with the trail.
public struct ChainCheck: Sendable {
  /// What is known of one broker's records.
  public struct Summary: Equatable, Sendable {
    public let host: String?
    public let executable: String
    /// Records, numbered and not.
    public internal(set) var records = 0
    /// Without a number: an older version wrote them.
    public internal(set) var unnumbered = 0
    public internal(set) var calls = 0
    /// Calls that no end was read of, and that may run.
    public internal(set) var running = 0
    /// Calls that were decided before the log begins.
    public internal(set) var older = 0
    public internal(set) var boots = 0
    /// The first numbered record.
    public internal(set) var first: Mark?
    public internal(set) var last: Mark?
  }

  /// A numbered record.
  public struct Mark: Equatable, Sendable {
    public let sequence: UInt64
    public let chain: RecordChain
    /// nil when the start of its boot is not in the log.
    public let boot: String?
    /// In milliseconds since 1970.
    public let time: Int64
    /// Whether it begins all that the broker ever wrote, so that nothing is missing before it.
    public let isBeginning: Bool
  }

  private struct Name: Hashable {
    let host: String?
    let executable: String
  }

  private struct Trail: Sendable {
    var chain = ChainTrack()
    var calls = CallCheck()
    var summary: Summary
  }

  private var names: [Name] = []
  private var trails: [Trail] = []
  private var lastIndex = 0
  private var expected: [(record: ExpectedRecord, isFound: Bool, other: RecordChain?)]

  /// `expected` are records that somebody kept elsewhere.
  public init(expecting expected: [ExpectedRecord] = []) {
    self.expected = expected.map { ($0, false, nil) }
  }

  /// Takes the next record of a log, and says what is wrong with it or, now that it is known, with those before.
  public mutating func add(_ entry: AuditEntry, at place: TrailPlace) -> [TrailFinding] {
    let index = index(of: entry)
    trails[index].summary.records += 1
    guard let sequence = entry.sequence, let chain = entry.chain else {
      trails[index].summary.unnumbered += 1
      let isLate = trails[index].summary.first != nil
      return (isLate ? [TrailFinding(.unnumbered, host: entry.node, place: place, entry)] : [])
        + trails[index].calls.add(entry, at: place)
    }
    var found = trails[index].chain.add(entry, sequence, chain, at: place)
    // Its calls come again, too.
    if found.contains(where: { $0.kind.isOfRepeatedBoot }) { trails[index].calls = CallCheck() }
    found += trails[index].calls.add(entry, at: place)
    if entry.operation == .start, sequence == 1 { trails[index].summary.boots += 1 }
    let mark = Mark(
      sequence: sequence, chain: chain, boot: trails[index].chain.boot, time: entry.time,
      isBeginning: entry.operation == .start && entry.text(.after) == "first")
    if trails[index].summary.first == nil { trails[index].summary.first = mark }
    if trails[index].chain.last?.sequence == sequence { trails[index].summary.last = mark }
    compare(mark)
    return found
  }

  /// What is wrong with the end, when all was read. `place` is where that is.
  public mutating func end(at place: TrailPlace) -> [TrailFinding] {
    var found: [TrailFinding] = []
    for index in trails.indices { found += trails[index].chain.end() + trails[index].calls.end() }
    for (record, isFound, other) in expected where !isFound {
      found.append(TrailFinding(.notAsExpected(record, found: other), host: nil, place: place))
    }
    return found
  }

  /// In the order in which their first records were read.
  public var summaries: [Summary] {
    trails.map { trail in
      var summary = trail.summary
      summary.calls = trail.calls.decided
      summary.running = trail.calls.running
      summary.older = trail.calls.olderCount
      return summary
    }
  }

  private mutating func index(of entry: AuditEntry) -> Int {
    let name = Name(host: entry.node, executable: entry.executable)
    if names.indices.contains(lastIndex), names[lastIndex] == name { return lastIndex }
    if let index = names.firstIndex(of: name) {
      lastIndex = index
      return index
    }
    names.append(name)
    trails.append(Trail(summary: Summary(host: name.host, executable: name.executable)))
    lastIndex = names.count - 1
    return lastIndex
  }

  private mutating func compare(_ mark: Mark) {
    for index in expected.indices where expected[index].record.sequence == mark.sequence {
      let record = expected[index].record
      if record.chain == mark.chain {
        expected[index].isFound = true
      } else if record.boot == nil || mark.boot == nil || record.boot == mark.boot {
        expected[index].other = mark.chain
      }
    }
  }
}
