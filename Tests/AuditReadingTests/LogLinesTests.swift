import AuditReading
import Testing

private func lines(_ parts: [[UInt8]], longest: Int = 8) -> (found: [String], skipped: Int) {
  var found: [String] = []
  var reader = LogLines(longest: longest)
  for part in parts { reader.add(part) { found.append(String(decoding: $0, as: UTF8.self)) } }
  reader.end { found.append(String(decoding: $0, as: UTF8.self)) }
  return (found, reader.skipped)
}

@Test func linesAreTheSameWhereverThePartsAreCut() {
  let text = Array("one\ntwo\n\nthree".utf8)
  for cut in 0...text.count {
    #expect(lines([Array(text[..<cut]), Array(text[cut...])]).found == ["one", "two", "", "three"])
  }
}

@Test func aLineThatIsTooLongIsLeftOutAndCounted() {
  for cut in 0...21 {
    let text = Array("before\n123456789\nafter".utf8)
    let read = lines([Array(text[..<cut]), Array(text[cut...])])
    #expect(read.found == ["before", "after"])
    #expect(read.skipped == 1)
  }
}

@Test func aLastLineThatIsTooLongIsCountedToo() {
  #expect(lines([Array("ok\n".utf8), [UInt8](repeating: 0x61, count: 100)]).skipped == 1)
}
