import AuditReading
import AuditSchema
import TestSupport
import Testing

/// The fast reader says of any line what the obvious one says.
@Suite("The reader and its plain description")
struct FastAndObviousReaderTests {
  private let fast = AuditEntryReader(executables: [SampleLines.executable])
  private let obvious = ObviousReader(executable: SampleLines.executable)

  private func compare(_ line: [UInt8]) -> Bool {
    let expected = obvious.read(line)
    let found: ObviousReader.Reading =
      switch fast.read(line) {
      case .other: .other
      case .malformed: .malformed
      case .entry(let entry):
        .entry(
          ObviousReader.Found(
            node: entry.node, operation: entry.operation, time: entry.time, serial: entry.serial,
            address: entry.address, isSuccess: entry.isSuccess, names: entry.fields.map(\.name),
            values: entry.fields.map(\.value)))
      }
    #expect(found == expected, "\(String(decoding: line, as: UTF8.self))")
    if case .entry = found { return true }
    return false
  }

  /// A record of the operation with all fields that it may have, or only those that it must have.
  private func sample(_ operation: AuditOperation, _ type: AuditRecordType, whole: Bool) -> String {
    let fields = operation.layout.filter { whole || !$0.isOptional }.map { place in
      let value =
        switch place.name {
        case .op: operation.rawValue
        case .chain: "00112233445566778899aabbccddeeff"
        case .call, .session, .boot: "b986fb6560aa499c"
        case _ where place.name.isEncoded: whole ? "2F6574632F736861646F77" : "\"a/b?\""
        default: "7"
        }
      return "\(place.name.rawValue)=\(value)"
    }
    return (whole ? "node=web-01 " : "")
      + SampleLines.line(type: type.name.description, fields: fields.joined(separator: " "), enriched: whole)
  }

  private var samples: [[UInt8]] {
    AuditOperation.allCases.flatMap { operation in
      operation.types.flatMap { type in
        [true, false].map { Array(sample(operation, type, whole: $0).utf8) }
      }
    }
  }

  @Test func everyKindOfRecordIsRead() {
    for sample in samples {
      let isEntry = compare(sample)
      #expect(isEntry, "\(String(decoding: sample, as: UTF8.self))")
    }
  }

  @Test func theyAgreeOnEveryRecordCutAnywhere() {
    for sample in samples {
      for end in stride(from: 0, to: sample.count, by: 3) { _ = compare(Array(sample[..<end])) }
    }
  }

  @Test func theyAgreeOnDamagedRecords() {
    var generator = SeededGenerator(seed: 6)
    let samples = samples
    let pieces = [
      " ", "'", "\"", "=", "\u{1D}", "\n", " seq=0", " seq=3", " res=success",
      " exe=\"\(SampleLines.executable)\"",
      " hostname=?", "op=keyhole:end ", "?", "type=USER_CMD ", "0", " chain=00112233445566778899aabbccddeeff",
    ].map { Array($0.utf8) }
    var entries = 0
    for round in 0..<2_500 {
      var bytes = samples[round % samples.count]
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
        case 3:
          bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &generator)))
        case 4: bytes[place] = UInt8(ascii: "0")
        default:
          let end = min(bytes.count, place + Int.random(in: 1...60, using: &generator))
          bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        }
      }
      if compare(bytes) { entries += 1 }
    }
    #expect((25..<1_750).contains(entries))
  }
}
