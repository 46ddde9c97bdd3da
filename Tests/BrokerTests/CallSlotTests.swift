import Kernel
import Testing

@testable import Broker

@Suite("Places for running calls")
struct CallSlotTests {
  @Test("the lowest free uid is taken first, and a place that was given back is free again")
  func lowestFirst() throws {
    let slots = CallSlots(count: 3, firstUser: 70_000)
    var first = slots.take()
    let second = slots.take()
    #expect([first, second].map { $0?.user } == [UserID(70_000), UserID(70_001)])
    #expect(slots.taken == 2)
    first = nil
    #expect(slots.taken == 1)
    let again = slots.take()
    #expect(again?.user == UserID(70_000))
    withExtendedLifetime((first, second, again)) {}
  }

  @Test("when all are taken there is none, until one is given back")
  func exhausted() {
    let slots = CallSlots(count: 2, firstUser: 1000)
    var held = [slots.take(), slots.take()].compactMap { $0 }
    #expect(held.count == 2)
    #expect(slots.take() == nil)
    held.removeLast()
    #expect(slots.take()?.user == UserID(1001))
    #expect(slots.taken == 1)
  }

  @Test("a place that was retired is not used again")
  func retired() {
    let slots = CallSlots(count: 2, firstUser: 1000)
    do {
      let first = slots.take()
      first?.retire()
    }
    #expect(slots.take()?.user == UserID(1001))
    #expect(slots.taken == 1)
  }

  @Test("no two calls have one uid, however many ask at once")
  func concurrent() async {
    let slots = CallSlots(count: 64, firstUser: 0)
    let taken = await withTaskGroup(of: CallSlot?.self) { group in
      for _ in 0..<80 { group.addTask { slots.take() } }
      var taken: [CallSlot] = []
      for await slot in group { if let slot { taken.append(slot) } }
      return taken
    }
    #expect(taken.count == 64)
    #expect(Set(taken.map(\.user)).count == 64)
  }
}
