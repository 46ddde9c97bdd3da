import TestSupport
import Testing
import Wire

/// `KEYHOLE_FUZZ_COUNT` says how many inputs each test tries; 50,000 when it is not set.
@Suite struct WireFuzzTests {
  private let count = fuzzCount(50_000)

  @Test("what is encoded decodes to the same value, for every message", arguments: everyMessage.indices)
  func roundTrip(index: Int) throws {
    func check<Message: RandomMessage>(_ type: Message.Type) throws {
      for seed in 0..<UInt64(count / 50) {
        var generator = SeededGenerator(seed: seed)
        let message = Message.random(using: &generator)
        #expect(try Message(decoding: message.encoded()) == message, "seed \(seed)")
      }
    }
    try check(everyMessage[index])
  }

  @Test(
    "random bytes never trap, and what decodes encodes to the same bytes", arguments: everyMessage.indices)
  func randomBytes(index: Int) {
    func check<Message: RandomMessage>(_ type: Message.Type) {
      for seed in 0..<UInt64(count / 5) {
        var generator = SeededGenerator(seed: seed)
        var bytes = generator.bytes(upTo: 200)
        // Half of them get past the first two bytes.
        if generator.flag(), bytes.count >= 2 { bytes[0...1] = [wireVersion, Message.kind.rawValue] }
        expectCanonical(Message.self, bytes, "seed \(seed)")
      }
    }
    check(everyMessage[index])
  }

  @Test(
    "a damaged message never traps, and what decodes encodes to the same bytes",
    arguments: everyMessage.indices)
  func mutatedMessages(index: Int) {
    func check<Message: RandomMessage>(_ type: Message.Type) {
      var decoded = 0
      for seed in 0..<UInt64(count / 5) {
        var generator = SeededGenerator(seed: seed)
        var bytes = Message.random(using: &generator).encoded()
        for _ in 0...generator.below(3) { mutate(&bytes, using: &generator) }
        if expectCanonical(Message.self, bytes, "seed \(seed)") { decoded += 1 }
      }
      // A fuzzer whose every input is refused at once looks at nothing.
      if count >= 5000 { #expect(decoded > 0) }
    }
    check(everyMessage[index])
  }

  @Test("a message cut at any offset is an error", arguments: everyMessage.indices)
  func truncations(index: Int) {
    func check<Message: RandomMessage>(_ type: Message.Type) {
      for seed in 0..<UInt64(100) {
        var generator = SeededGenerator(seed: seed)
        let bytes = Message.random(using: &generator).encoded()
        for end in 0..<bytes.count {
          #expect(throws: WireError.truncated, "seed \(seed), \(end) of \(bytes.count) bytes") {
            try Message(decoding: Array(bytes[..<end]))
          }
        }
        #expect(throws: WireError.trailing) { try Message(decoding: bytes + [0]) }
      }
    }
    check(everyMessage[index])
  }

  @discardableResult
  private func expectCanonical<Message: WireMessage>(
    _ type: Message.Type, _ bytes: [UInt8], _ comment: Comment
  ) -> Bool {
    guard let message = try? Message(decoding: bytes) else { return false }
    let again = message.encoded()
    if again != bytes { Issue.record("\(comment): \(bytes) became \(again)") }
    return true
  }

  private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let offset = generator.below(bytes.count)
    switch generator.below(5) {
    case 0: bytes[offset] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[offset] = [0, 1, 0x7F, 0x80, 0xFF][generator.below(5)]
    case 2: bytes.remove(at: offset)
    case 3: bytes.insert(UInt8(generator.below(256)), at: offset)
    default: bytes.replaceSubrange(offset..<min(offset + 4, bytes.count), with: [0xFF, 0xFF, 0xFF, 0xFF])
    }
  }
}
