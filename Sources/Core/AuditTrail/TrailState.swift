internal import AuditSchema
internal import Kernel

/// What outlives the broker: where the chain stands, and the calls that have no end yet. docs/audit.md, "The state file"
///
/// A file mapped into memory: a kill at any moment leaves it as of that moment. It is flushed to the disk by
/// ``StateFlusher``.
struct TrailState: ~Copyable {
  /// What was found in a file, and is to be told.
  enum Finding: Equatable, Sendable {
    /// There was none, or an empty one.
    case none
    case whole
    /// It could not be read, and has this name now.
    case damaged(keptAs: String)
  }

  private(set) var head: TrailHead
  private(set) var slots: [HeldCall?]
  let finding: Finding
  private let file: SharedFile?
  private var generation: UInt64

  private static let headRoom = 4096
  /// A sector of its own for each copy, on any disk.
  private static let copyOffsets = [0, 2048]

  /// Of the running machine. random(4)
  static func currentBoot() throws(KernelError) -> String {
    let file = try FileDescriptor.open("/proc/sys/kernel/random/boot_id")
    let text = try file.read(upTo: 64).filter { $0 != UInt8(ascii: "-") }
    return String(decoding: text.prefix(16), as: UTF8.self)
  }

  /// Kept nowhere.
  init(boot: String, calls: Int) {
    head = TrailHead(boot: boot)
    slots = Array(repeating: nil, count: calls)
    finding = .none
    file = nil
    generation = 0
  }

  /// Takes over a locked file. Its old slots stay until their calls are closed, so that there are at least `calls` free ones.
  init(
    _ descriptor: borrowing FileDescriptor, finding: Finding, boot: String, calls: Int, reading bytes: [UInt8]
  ) throws(KernelError) {
    let read = Self.read(bytes)
    let held = read?.slots ?? []
    let spare = calls + held.count { $0 != nil }
    slots = held + Array(repeating: nil, count: max(0, spare - held.count))
    file = try SharedFile(descriptor, count: Self.headRoom + slots.count * HeldCall.size)
    self.finding = finding
    generation = read?.generation ?? 0
    head = read?.head ?? TrailHead(boot: "")
  }

  /// What a file holds; nil when it is not whole.
  static func read(_ bytes: [UInt8]) -> (head: TrailHead, generation: UInt64, slots: [HeldCall?])? {
    var newest: (head: TrailHead, generation: UInt64)?
    for offset in copyOffsets where bytes.count >= offset + TrailHead.size {
      var generation: UInt64 = 0
      guard let head = TrailHead(decoding: bytes[offset..<offset + TrailHead.size], generation: &generation),
        generation > newest?.generation ?? 0
      else { continue }
      newest = (head, generation)
    }
    guard let newest else { return nil }
    var slots: [HeldCall?] = []
    for offset in stride(from: headRoom, to: bytes.count - HeldCall.size + 1, by: HeldCall.size) {
      switch HeldCall.read(bytes[offset..<offset + HeldCall.size]) {
      case .free: slots.append(nil)
      case .held(let call): slots.append(call)
      case .damaged: return nil
      }
    }
    return (newest.head, newest.generation, slots)
  }

  /// Whether a head was ever stored.
  var isNew: Bool { generation == 0 }

  /// Stores another head, over the older of the two copies.
  mutating func set(_ head: TrailHead) {
    self.head = head
    generation += 1
    let offset = Self.copyOffsets[Int(generation % 2)]
    file?.store(head.encoded(generation: generation), at: offset)
  }

  /// Holds a call in a free slot and gives the slot; nil when there is none.
  mutating func hold(_ call: HeldCall) -> Int? {
    guard let index = slots.firstIndex(where: { $0 == nil }) else { return nil }
    slots[index] = call
    let body = call.body
    let offset = Self.offset(index)
    file?.publish(0, at: offset + HeldCall.endOffset)
    file?.store(body, at: offset + HeldCall.bodyOffset)
    file?.publish(HeldCall.word(call.phase, body[...]), at: offset)
    return index
  }

  /// Says how far a held call is. `end` is the number that its end is about to have.
  mutating func advance(_ index: Int, to phase: HeldCall.Phase, end: UInt64? = nil) {
    guard var call = slots[index] else { return }
    let offset = Self.offset(index)
    if let end {
      call.end = end
      file?.publish(end, at: offset + HeldCall.endOffset)
    }
    call.phase = phase
    slots[index] = call
    file?.publish(HeldCall.word(phase, call.body[...]), at: offset)
  }

  mutating func release(_ index: Int) {
    slots[index] = nil
    file?.publish(0, at: Self.offset(index))
  }

  private static func offset(_ index: Int) -> Int { headRoom + index * HeldCall.size }
}
