import AuditReading
import AuditSchema
import TestSupport
import Testing

private let reader = AuditEntryReader(executables: [SampleLines.executable])

private let seeds = [
  SampleLines.line(fields: SampleLines.refusal(of: "rm -rf /"), enriched: true),
  SampleLines.line(
    type: "ANOM_ACCESS_FS",
    fields: "op=keyhole:refused-open call=b986fb6560aa499c acct=\"a\" key=\"k\" name=2F6574632F736861646F77"),
  SampleLines.line(type: "SERVICE_STOP", fields: "op=keyhole:stop unit=keyhole-broker", result: "success"),
]

@Test func damagedLinesNeverTrapAndNeverGainAField() {
  var generator = SeededGenerator(seed: 20_261_121)
  var entries = 0
  for round in 0..<10_000 {
    var bytes = Array(seeds[round % seeds.count].utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      if bytes.isEmpty { break }
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      case 3: bytes.insert(contentsOf: " acct=\"root\" ".utf8, at: place)
      default: bytes = Array(bytes[..<max(1, place)])
      }
    }
    guard case .entry(let entry) = reader.read(bytes) else { continue }
    entries += 1
    #expect(Set(entry.fields.map(\.name)).count == entry.fields.count)
    #expect(entry.fields.first?.name == "op")
    // Only the broker's own closing quote ends its message.
    #expect(bytes.filter { $0 == UInt8(ascii: "'") }.count >= 2)
  }
  // Some damage is harmless, such as another digit; most is not.
  #expect((1..<5_000).contains(entries))
}

@Test func randomBytesAreNoEntries() {
  var generator = SeededGenerator(seed: 7)
  for _ in 0..<5_000 {
    let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    #expect(reader.read(Array("op=keyhole:".utf8) + bytes) == .malformed)
  }
}

@Test func whatIsWrittenIsReadForAnyCommandLine() {
  var generator = SeededGenerator(seed: 9)
  for _ in 0..<2_000 {
    let command = (0..<Int.random(in: 1...200, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    let digits = command.map { byte in
      let text = String(byte, radix: 16, uppercase: true)
      return text.count == 1 ? "0" + text : text
    }.joined()
    let fields = SampleLines.refusal(of: "x").replacing("cmd=78", with: "cmd=\(digits)")
    guard case .entry(let entry) = reader.read(SampleLines.line(fields: fields).utf8) else {
      Issue.record("not read: \(fields)")
      return
    }
    #expect(entry.bytes("cmd") == command)
  }
}
