/// A call that has a decision on its way or in the trail, and no end yet: what a slot of the state file holds.
struct HeldCall: Equatable, Sendable {
  enum Phase: UInt8, Sendable {
    /// Its decision may be in the trail. Nothing of it runs.
    case deciding = 1
    /// Its decision is in the trail, and it may run.
    case running = 2
    /// It has ended, and its end may be in the trail.
    case ending = 3
  }

  var call: CallID
  var caller: Caller
  /// Nanoseconds since 1970.
  var start: Int64
  var phase: Phase
  /// Of the decision.
  var decision: UInt64
  /// Of the end, once it is ending.
  var end: UInt64 = 0
}

extension HeldCall {
  /// A slot lies in one sector, so that a crash of the machine leaves it whole.
  static let size = 512
  /// In a slot: a word whose lowest byte is the phase and whose others are the checksum's, then the number of the end, then
  /// the rest. The word makes the slot count: it is stored last, and 0 while the slot is free.
  static let endOffset = 8
  static let bodyOffset = 16

  /// What stands behind the first two words.
  var body: [UInt8] {
    var bytes = StateBytes()
    bytes.append(decision)
    bytes.append(call.bits)
    bytes.append(UInt64(bitPattern: start))
    bytes.append(caller.session == nil ? 0 : 1)
    bytes.append(caller.session?.bits ?? 0)
    bytes.append(text: caller.agent, limit: 120)
    bytes.append(text: caller.keyFingerprint, limit: 80)
    bytes.append(text: caller.address?.description, limit: 60)
    bytes.append(text: caller.vm, limit: 120)
    return bytes.all
  }

  /// The first word for a body in this phase.
  static func word(_ phase: Phase, _ body: ArraySlice<UInt8>) -> UInt64 {
    StateBytes.checksum(body) & ~0xFF | UInt64(phase.rawValue)
  }

  enum Reading: Equatable {
    case free
    case held(HeldCall)
    /// The word and the rest do not fit.
    case damaged
  }

  /// Reads a slot.
  static func read(_ slot: ArraySlice<UInt8>) -> Reading {
    var reader = StateBytes.Reader(slot)
    guard let word = reader.word(), let end = reader.word() else { return .damaged }
    if word == 0 { return .free }
    let rest = slot.dropFirst(bodyOffset)
    var body = StateBytes.Reader(rest)
    guard let phase = Phase(rawValue: UInt8(truncatingIfNeeded: word)), let decision = body.word(),
      let call = body.word(), let start = body.word(), let hasSession = body.word(),
      let session = body.word(),
      let agent = body.text(), let key = body.text(), let address = body.text(), let vm = body.text()
    else { return .damaged }
    let caller = Caller(
      agent: agent, keyFingerprint: key, address: address.flatMap(ClientAddress.init), vm: vm,
      session: hasSession == 1 ? SessionID(bits: session) : nil)
    let held = HeldCall(
      call: CallID(bits: call), caller: caller, start: Int64(bitPattern: start), phase: phase,
      decision: decision, end: end)
    return Self.word(phase, rest.prefix(rest.count - body.left)) == word ? .held(held) : .damaged
  }
}
