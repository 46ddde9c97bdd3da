internal import Kernel
internal import Synchronization

/// The places for running calls: each has a uid of its own, so that calls can neither signal nor look into each other, and
/// the kernel counts processes for each by itself.
final class CallSlots: Sendable {
  private let firstUser: UInt32
  /// Ascending, so that the lowest free uid is used again first.
  private let free: Mutex<Set<UInt32>>
  let count: Int

  init(count: Int, firstUser: UInt32) {
    self.count = count
    self.firstUser = firstUser
    free = Mutex(Set(0..<UInt32(count)))
  }

  /// A place for one call; nil when all are taken.
  func take() -> CallSlot? {
    let index = free.withLock { free -> UInt32? in
      guard let lowest = free.min() else { return nil }
      free.remove(lowest)
      return lowest
    }
    return index.map { CallSlot(slots: self, index: $0, user: UserID(firstUser + $0)) }
  }

  var taken: Int { count - free.withLock { $0.count } }

  fileprivate func giveBack(_ index: UInt32) {
    free.withLock { _ = $0.insert(index) }
  }
}

/// One place, given back when its owner ends. By then no process of its uid may be left.
final class CallSlot: Sendable {
  private let slots: CallSlots
  private let index: UInt32
  private let isRetired = Mutex(false)
  let user: UserID

  fileprivate init(slots: CallSlots, index: UInt32, user: UserID) {
    self.slots = slots
    self.index = index
    self.user = user
  }

  /// Takes the place out of use for good: processes of its uid may be left.
  func retire() { isRetired.withLock { $0 = true } }

  deinit {
    if !isRetired.withLock({ $0 }) { slots.giveBack(index) }
  }
}
