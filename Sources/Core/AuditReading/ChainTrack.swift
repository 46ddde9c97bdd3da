internal import AuditSchema

/// The numbers and chain values of one broker's records, in the order of a log. docs/audit.md, "The chain".
struct ChainTrack {
  /// A record whose value is known.
  struct Point: Equatable {
    var sequence: UInt64
    var chain: RecordChain
    /// What the value should have been, when it is another.
    var expected: RecordChain?
  }

  /// Numbers that were not there when the next higher one was.
  private struct Gap {
    var numbers: ClosedRange<UInt64>
    /// The value before the gap.
    let before: RecordChain
    let finding: TrailFinding

    func cut(to numbers: ClosedRange<UInt64>) -> Gap {
      Gap(numbers: numbers, before: before, finding: finding)
    }
  }

  /// More gaps than anybody looks at; what comes after is reported without waiting for an explanation.
  private static let mostGaps = 1_024

  private(set) var last: Point?
  private(set) var boot: String?
  private(set) var first: UInt64?
  private var gaps: [Gap] = []
  /// The first record of each boot. Where the same was written again, its time and event number are others.
  private var boots: [String: (chain: RecordChain, time: Int64, serial: UInt64)] = [:]
  /// A record that does not fit, until the next one tells more.
  private var doubtful: TrailFinding?
  /// A number that was there before, as the beginning of records that may belong elsewhere.
  private var stray: (point: Point, finding: TrailFinding)?
  private var serial: UInt64 = 0
  /// Values of the last records.
  private var recent: [RecordChain] = []
  /// As many as may be written before the broker's state reaches the disk.
  private static let mostRecent = 4_096

  /// What is wrong with a numbered record at its place.
  mutating func add(
    _ entry: AuditEntry, _ sequence: UInt64, _ chain: RecordChain, at place: TrailPlace
  ) -> [TrailFinding] {
    func finding(_ kind: TrailFinding.Kind) -> TrailFinding {
      TrailFinding(kind, host: entry.node, place: place, entry)
    }
    var found: [TrailFinding] = []
    let point = Point(sequence: sequence, chain: chain)
    if first == nil { first = sequence }
    let newBoot = entry.operation == .start ? entry.text(.boot) : nil
    if let newBoot, sequence == 1 {
      found += begin(entry, newBoot, point, finding)
    } else if let newBoot, let boot, newBoot != boot {
      found += end() + [finding(.startMissing(1...(sequence - 1)))]
      self.boot = newBoot
      settle(entry, point, finding, after: entry.previous)
    } else if let last, sequence > last.sequence {
      found += strayEnd()
      found += goOn(entry, from: last, point, finding)
    } else if let last {
      found += goBack(entry, from: last, point, finding)
    } else {
      settle(entry, point, finding, after: entry.previous)
    }
    if boot == nil { boot = newBoot }
    // Each numbered start names the value that it follows.
    if entry.operation == .start, entry.previous == nil { found.append(finding(.altered)) }
    if recent.count == Self.mostRecent { recent.removeFirst(Self.mostRecent / 2) }
    recent.append(chain)
    explain(by: entry)
    if entry.serial <= serial, sequence > 1, stray == nil, !found.contains(where: { $0.kind.isOutOfPlace }) {
      found.append(finding(.serialBackwards(before: serial)))
    }
    serial = entry.serial
    return found
  }

  /// Gaps that nothing explained, and what else waited for a later record.
  mutating func end() -> [TrailFinding] {
    defer { gaps = [] }
    return takeDoubtful() + strayEnd() + gaps.map { TrailFinding(.missing($0.numbers), like: $0.finding) }
  }

  private mutating func takeDoubtful() -> [TrailFinding] { doubtful.take().map { [$0] } ?? [] }

  // MARK: a start of a boot

  private mutating func begin(
    _ entry: AuditEntry, _ name: String, _ point: Point, _ finding: (TrailFinding.Kind) -> TrailFinding
  ) -> [TrailFinding] {
    var found: [TrailFinding] = []
    let before = last
    let oldBoot = boot
    let known = boots.updateValue((point.chain, entry.time, entry.serial), forKey: name)
    let unsure = entry.numbers(.unsure)
    // Numbers of the boot before that this record says may be missing are no defect; its other gaps are.
    if let unsure { explain(unsure) }
    found += end()
    boot = name
    if let known, known == (point.chain, entry.time, entry.serial) {
      found.append(finding(.bootRepeated(boot: name)))
    } else if let before {
      // What follows the last record may be the one that was being written.
      let isExplained = unsure?.contains(before.sequence + 1) ?? false
      if known != nil || entry.text(.after) == "first" {
        found.append(finding(.stateLost))
      } else if let previous = entry.previous, !isExplained, !follows(previous, before, entry) {
        let wentDown = entry.text(.after) == "boot"
        found.append(finding(.tailMissing(boot: oldBoot, last: before.sequence, wentDown: wentDown)))
      }
    }
    settle(entry, point, finding, after: entry.previous)
    return found
  }

  /// Whether a start that says it goes on from `previous` goes on from the last record. Where the machine went down without a
  /// stop, what the broker keeps may be older than the log by what had not reached the disk.
  private func follows(_ previous: RecordChain, _ last: Point, _ start: AuditEntry) -> Bool {
    previous == last.chain || previous == last.expected
      || start.text(.after) == "boot" && recent.contains(previous)
  }

  // MARK: higher numbers

  private mutating func goOn(
    _ entry: AuditEntry, from last: Point, _ point: Point, _ finding: (TrailFinding.Kind) -> TrailFinding
  ) -> [TrailFinding] {
    guard point.sequence == last.sequence + 1 else {
      let missing = (last.sequence + 1)...(point.sequence - 1)
      // A start names the value that it follows, also when that record is not there.
      var found = takeDoubtful()
      settle(entry, point, finding, after: entry.previous)
      if gaps.count < Self.mostGaps {
        gaps.append(Gap(numbers: missing, before: last.chain, finding: finding(.missing(missing))))
      } else {
        found.append(finding(.missing(missing)))
      }
      return found
    }
    guard let expected = last.expected, let kept = doubtful else {
      settle(entry, point, finding, after: last.chain)
      return []
    }
    doubtful = nil
    // The record before did not fit. If this one follows what that should have been, only its value was altered.
    if entry.chain(after: expected) == point.chain {
      self.last = point
      return [TrailFinding(.chainAltered, like: kept)]
    }
    settle(entry, point, finding, after: last.chain)
    return [kept]
  }

  /// Takes the record as the last one; nil as the value before means that there is none to compare with.
  private mutating func settle(
    _ entry: AuditEntry, _ point: Point, _ finding: (TrailFinding.Kind) -> TrailFinding,
    after previous: RecordChain?
  ) {
    last = point
    guard let previous, let expected = entry.chain(after: previous), expected != point.chain else { return }
    last?.expected = expected
    doubtful = finding(.altered)
  }

  // MARK: lower numbers

  private mutating func goBack(
    _ entry: AuditEntry, from last: Point, _ point: Point, _ finding: (TrailFinding.Kind) -> TrailFinding
  ) -> [TrailFinding] {
    if let index = gaps.firstIndex(where: { $0.numbers.contains(point.sequence) }) {
      let gap = gaps.remove(at: index)
      var found = [finding(.outOfOrder(after: last.sequence))]
      if point.sequence == gap.numbers.lowerBound, let expected = entry.chain(after: gap.before),
        expected != point.chain
      {
        found.append(finding(.altered))
      }
      if gap.numbers.lowerBound < point.sequence {
        gaps.append(gap.cut(to: gap.numbers.lowerBound...(point.sequence - 1)))
      }
      if gap.numbers.upperBound > point.sequence {
        gaps.append(
          Gap(
            numbers: (point.sequence + 1)...gap.numbers.upperBound, before: point.chain, finding: gap.finding)
        )
      }
      return found
    }
    guard let (before, kept) = stray else {
      stray = (point, finding(.repeated(point.sequence...point.sequence)))
      return []
    }
    if point.sequence == before.sequence + 1, entry.chain(after: before.chain) == point.chain {
      // Two in a row that fit together: here begin the records of something else.
      stray = nil
      self.last = point
      boot = nil
      let head = before.sequence > 1 ? 1...(before.sequence - 1) : before.sequence...before.sequence
      return end() + [TrailFinding(.startMissing(head), like: kept)]
    }
    stray = (point, finding(.repeated(point.sequence...point.sequence)))
    return [kept]
  }

  private mutating func strayEnd() -> [TrailFinding] {
    defer { stray = nil }
    return stray.map { [$0.finding] } ?? []
  }

  // MARK: numbers that may be missing

  private mutating func explain(by entry: AuditEntry) {
    guard entry.operation == .start || entry.operation == .auditTrouble, let numbers = entry.numbers(.unsure)
    else {
      return
    }
    explain(numbers)
  }

  private mutating func explain(_ numbers: ClosedRange<UInt64>) {
    gaps = gaps.flatMap { gap -> [Gap] in
      guard gap.numbers.overlaps(numbers) else { return [gap] }
      var rest: [Gap] = []
      if gap.numbers.lowerBound < numbers.lowerBound {
        rest.append(gap.cut(to: gap.numbers.lowerBound...(numbers.lowerBound - 1)))
      }
      if gap.numbers.upperBound > numbers.upperBound {
        rest.append(gap.cut(to: (numbers.upperBound + 1)...gap.numbers.upperBound))
      }
      return rest
    }
  }
}

extension TrailFinding.Kind {
  var isOfRepeatedBoot: Bool {
    if case .bootRepeated = self { return true }
    return false
  }

  var isOutOfPlace: Bool {
    switch self {
    case .outOfOrder, .repeated, .bootRepeated, .startMissing: true
    default: false
    }
  }
}

extension AuditEntry {
  /// The value that a start says it follows.
  var previous: RecordChain? {
    operation == .start ? text(.previous).flatMap { RecordChain(hexadecimal: $0.utf8) } : nil
  }

  /// `N` or `N-M`; nil for anything else.
  func numbers(_ name: AuditFieldName) -> ClosedRange<UInt64>? {
    guard let parts = bytes(name)?.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false),
      (1...2).contains(parts.count), let first = Decimal.value(of: parts[0]),
      let last = Decimal.value(of: parts[parts.count - 1]),
      first <= last
    else { return nil }
    return first...last
  }
}
