import AuditReading
import Testing

private func lines(_ parts: [[UInt8]], longest: Int = 8) -> (found: [String], skipped: Int) {
  var found: [String] = []
  var reader = LogLines(longest: longest)
  func takeAll() {
    while let line = reader.next() {
      if case .bytes(let range) = line { found.append(String(decoding: reader.copy(range), as: UTF8.self)) }
    }
  }
  for part in parts {
    reader.add(part)
    takeAll()
  }
  if reader.end() { takeAll() }
  return (found, reader.skipped)
}

@Test func linesAreTheSameWhereverThePartsAreCut() {
  let text = Array("one\ntwo\n\nthree".utf8)
  for cut in 0...text.count {
    #expect(lines([Array(text[..<cut]), Array(text[cut...])]).found == ["one", "two", "", "three"])
    #expect(lines(text.map { [$0] }).found == ["one", "two", "", "three"])
  }
}

@Test func aLineThatIsTooLongIsLeftOutAndCounted() {
  for cut in 0...21 {
    let text = Array("before\n123456789\nafter".utf8)
    let read = lines([Array(text[..<cut]), Array(text[cut...])])
    #expect(read.found == ["before", "after"])
    #expect(read.skipped == 1)
    #expect(lines(text.map { [$0] }).skipped == 1)
  }
}

@Test func aLastLineThatIsTooLongIsCountedToo() {
  #expect(lines([Array("ok\n".utf8), [UInt8](repeating: 0x61, count: 100)]).skipped == 1)
  #expect(
    lines([Array("ok\n".utf8), [UInt8](repeating: 0x61, count: 100), Array("\nok".utf8)]).found == [
      "ok", "ok",
    ])
}

@Test func aLogWithoutAnEndOfLineIsNoLineUntilItsEnd() {
  var reader = LogLines()
  reader.add(Array("half".utf8))
  #expect(reader.next() == nil)
  reader.add(Array(" a line".utf8))
  #expect(reader.next() == nil)
  let isLine = reader.end()
  #expect(isLine)
  #expect(reader.next() == .bytes(0..<11))
  let isAnother = reader.end()
  #expect(!isAnother)
}
