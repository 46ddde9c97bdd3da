public import AuditSchema

/// Where a line is.
public struct TrailPlace: Equatable, Sendable {
  public let file: String
  /// From 1.
  public let line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

/// Something that a whole and unaltered trail would not have, or that a reviewer should know of it.
public struct TrailFinding: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Its value does not follow from the record and the one before: either was altered, or something between them is gone.
    case altered
    /// Only the chain value of this record is not what it was.
    case chainAltered
    /// Records of these numbers, before this one, are not there.
    case missing(ClosedRange<UInt64>)
    /// They stand here though higher numbers came before; the numbers fill a gap.
    case outOfOrder(after: UInt64)
    /// These numbers were there before.
    case repeated(ClosedRange<UInt64>)
    /// The records of this boot were there before.
    case bootRepeated(boot: String)
    /// The numbers begin again, as the broker found nothing of what it had kept: its state was removed.
    case stateLost
    /// The boot before did not end with the record that this start follows: records at its end are gone. Where the machine went
    /// down without a stop, they may never have reached the disk.
    case tailMissing(boot: String?, last: UInt64, wentDown: Bool)
    /// The numbers begin again without a start record: the first records of a boot are gone.
    case startMissing(ClosedRange<UInt64>)
    /// A number of the kernel's that is lower than the one before.
    case serialBackwards(before: UInt64)
    /// A record without a number behind some that have one.
    case unnumbered
    /// A line that names Keyhole and is not as the broker writes it.
    case malformed
    /// A line longer than any record.
    case tooLong
    /// A call that a later start should have closed.
    case unclosed(call: String)
    /// A record of a call of which no decision is there.
    case undecided(call: String, AuditOperation)
    /// A decision behind the end of its call.
    case decidedLate(call: String)
    /// A second decision, or a second end.
    case again(call: String, AuditOperation)
    /// The end of a call that was refused.
    case ranThoughRefused(call: String)
    /// What somebody kept is not what is here: another chain value, or none of that number.
    case notAsExpected(ExpectedRecord, found: RecordChain?)
  }

  public let kind: Kind
  public let host: String?
  public let place: TrailPlace
  /// Of the record, where there is one.
  public let serial: UInt64?
  public let sequence: UInt64?
  /// In milliseconds since 1970.
  public let time: Int64?

  public init(_ kind: Kind, host: String?, place: TrailPlace, _ entry: AuditEntry? = nil) {
    self.kind = kind
    self.host = host
    self.place = place
    serial = entry?.serial
    sequence = entry?.sequence
    time = entry?.time
  }

  init(_ kind: Kind, like other: TrailFinding) {
    self.kind = kind
    host = other.host
    place = other.place
    serial = other.serial
    sequence = other.sequence
    time = other.time
  }
}

/// A record that somebody kept elsewhere.
public struct ExpectedRecord: Equatable, Sendable {
  public let sequence: UInt64
  public let chain: RecordChain
  public let boot: String?

  public init(sequence: UInt64, chain: RecordChain, boot: String?) {
    self.sequence = sequence
    self.chain = chain
    self.boot = boot
  }
}
