internal import AuditReading
internal import AuditSchema

/// What is wrong with a trail, in plain words.
struct FindingText {
  /// For programs.
  let name: String
  /// For people.
  let text: String

  init(_ finding: TrailFinding) {
    let number = finding.sequence.map { "record \($0)" } ?? "this record"
    switch finding.kind {
    case .altered:
      name = "altered"
      text = "\(number) does not follow from the one before it: it was altered, or the one before was"
    case .chainAltered:
      name = "chain-altered"
      text = "the chain value of \(number) was altered; the rest of it is as it was written"
    case .missing(let numbers):
      name = "missing"
      text =
        numbers.count == 1
        ? "record \(numbers.lowerBound) is missing, before this one"
        : "records \(numbers.lowerBound) to \(numbers.upperBound) are missing, before this one"
    case .outOfOrder(let after):
      name = "out-of-order"
      text = "\(number) stands behind record \(after): lines were moved"
    case .repeated(let numbers):
      name = "repeated"
      text =
        "record \(numbers.lowerBound) stands here though higher numbers came before: it is here twice, or comes from elsewhere"
    case .bootRepeated(let boot):
      name = "boot-repeated"
      text = "the records of boot \(boot) begin here a second time: is a file here twice?"
    case .stateLost:
      name = "state-lost"
      text =
        "the numbers begin again at 1 though the broker had run before: what it keeps, /var/lib/keyhole/audit.state, was removed or damaged"
    case .tailMissing(let boot, let last, let wentDown):
      name = "tail-missing"
      text =
        "records behind number \(last), at the end of \(boot.map { "boot \($0)" } ?? "the boot before"), are missing or were altered: this start follows another chain value"
        + (wentDown ? ". The machine had gone down without a stop: they may never have reached the disk" : "")
    case .startMissing(let numbers):
      name = "start-missing"
      text =
        numbers.count == 1
        ? "the numbers begin again without record 1, the start of a boot: it was removed"
        : "the numbers begin again without records 1 to \(numbers.upperBound) of a boot: they were removed, or lines come from elsewhere"
    case .serialBackwards(let before):
      name = "serial-backwards"
      text =
        "the kernel's event number is not above \(before), that of the record before: it was altered, or lines were moved"
    case .unnumbered:
      name = "unnumbered"
      text =
        "this record has no number though those before it have: it is forged, or an older broker ran again"
    case .malformed:
      name = "malformed"
      text = "the line names Keyhole and is not a record as its broker writes it: it was cut or altered"
    case .tooLong:
      name = "too-long"
      text = "the line is longer than any record: \(AuditEntryReader.longestLine) bytes"
    case .unclosed(let call):
      name = "unclosed"
      text = "call \(call) has no end, though the broker has started since and closes what it finds open"
    case .undecided(let call, let operation):
      name = "undecided"
      text =
        "\(operation == .end ? "the end" : "a refused access") of call \(call) is here, and no decision before it"
    case .decidedLate(let call):
      name = "decided-late"
      text = "the decision of call \(call) stands behind its end"
    case .again(let call, let operation):
      name = "again"
      text = "call \(call) has a second \(operation == .end ? "end" : "decision")"
    case .ranThoughRefused(let call):
      name = "ran-though-refused"
      text = "call \(call) was refused, and has an end as if it had run"
    case .notAsExpected(let record, let found):
      name = "not-as-expected"
      text =
        found.map {
          "record \(record.sequence) has the chain value \($0), not the \(record.chain) that was kept"
        }
        ?? "record \(record.sequence) with the chain value \(record.chain) that was kept is not here: the end of the trail was cut off, or these are other logs"
    }
  }
}
