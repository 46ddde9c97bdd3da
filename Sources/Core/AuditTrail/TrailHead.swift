internal import AuditSchema

/// Where the numbering and the chain of records stand, as the state file has it twice. docs/audit.md, "The state file"
struct TrailHead: Equatable, Sendable {
  /// Of the boot that numbers count in: 16 hexadecimal digits.
  var boot: String
  /// The last record that was written, or may have been; 0 before the first of the boot.
  var number: UInt64 = 0
  /// The chain value of that record.
  var chain = RecordChain.none
  /// The chain value of the record after it, while that is on its way.
  var pending: RecordChain?
  /// Records that may be in the trail or not, and of which no record tells yet.
  var unsure: ClosedRange<UInt64>?
  /// Records that were not written, and of which no record tells yet.
  var missed: UInt64 = 0
  /// When the trail was found unusable, in nanoseconds since 1970; 0 while it is usable.
  var troubleSince: Int64 = 0
  /// Whether the last record was the one of an orderly stop.
  var isStopped = false

  init(boot: String) { self.boot = boot }

  /// With the record on its way counted as one that may be in the trail.
  var settled: TrailHead {
    guard let pending else { return self }
    var head = self
    head.number += 1
    head.chain = pending
    head.pending = nil
    head.unsure = (unsure?.lowerBound ?? head.number)...head.number
    return head
  }
}

extension TrailHead {
  /// Room for one of the two copies.
  static let size = 128
  /// The last byte is the version of the layout.
  private static let magic: UInt64 = 0x3154_5041_484B_0001

  private static let pendingFlag: UInt64 = 1
  private static let stoppedFlag: UInt64 = 2
  private static let unsureFlag: UInt64 = 4

  /// The bytes of a copy. Of two, the one with the higher generation counts.
  func encoded(generation: UInt64) -> [UInt8] {
    var bytes = StateBytes()
    bytes.append(Self.magic)
    bytes.append(generation)
    bytes.append(Array(boot.utf8), count: 16)
    bytes.append(number)
    bytes.append(chain.bytes, count: RecordChain.size)
    bytes.append(
      (pending != nil ? Self.pendingFlag : 0) | (isStopped ? Self.stoppedFlag : 0)
        | (unsure != nil ? Self.unsureFlag : 0))
    bytes.append((pending ?? .none).bytes, count: RecordChain.size)
    bytes.append(unsure?.lowerBound ?? 0)
    bytes.append(unsure?.upperBound ?? 0)
    bytes.append(missed)
    bytes.append(UInt64(bitPattern: troubleSince))
    bytes.append(StateBytes.checksum(bytes.all[...]))
    return bytes.all
  }

  /// nil when the bytes are no whole copy of this version.
  init?(decoding bytes: ArraySlice<UInt8>, generation: inout UInt64) {
    var reader = StateBytes.Reader(bytes)
    guard reader.word() == Self.magic, let read = reader.word(), let boot = reader.bytes(16),
      let number = reader.word(),
      let chain = reader.bytes(RecordChain.size).flatMap({ RecordChain(Array($0)) }),
      let flags = reader.word(),
      let next = reader.bytes(RecordChain.size).flatMap({ RecordChain(Array($0)) }),
      let first = reader.word(), let last = reader.word(), let missed = reader.word(),
      let since = reader.word(), reader.isWhole
    else { return nil }
    generation = read
    self.boot = String(decoding: boot, as: UTF8.self)
    self.number = number
    self.chain = chain
    pending = flags & Self.pendingFlag != 0 ? next : nil
    isStopped = flags & Self.stoppedFlag != 0
    unsure = flags & Self.unsureFlag != 0 && first <= last ? first...last : nil
    self.missed = missed
    troubleSince = Int64(bitPattern: since)
  }
}
