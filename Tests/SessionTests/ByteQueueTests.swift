import TestSupport
import Testing

@testable import Session

@Suite("Queues of bytes")
struct ByteQueueTests {
  @Test func bytesComeOutInTheOrderInWhichTheyWentIn() {
    var generator = SeededGenerator(seed: 7)
    var queue = ByteQueue()
    var expected: [UInt8] = []
    var next: UInt8 = 0
    for _ in 0..<2000 {
      if Bool.random(using: &generator) {
        let more = (0..<Int.random(in: 0..<50, using: &generator)).map { _ -> UInt8 in
          next &+= 1
          return next
        }
        queue.append(more)
        expected += more
      } else {
        let count = Int.random(in: 0...queue.count, using: &generator)
        #expect(Array(queue.front.prefix(count)) == Array(expected.prefix(count)))
        queue.dropFirst(count)
        expected.removeFirst(count)
      }
      #expect(queue.count == expected.count && queue.isEmpty == expected.isEmpty)
    }
  }
}
