import Testing
import Wire

@Suite struct WireMessageTests {
  private let request = CallRequest(
    line: Array("id".utf8), lineLength: 2, connection: Array("::1 2 ::1 22".utf8), authentication: [],
    target: nil)

  @Test("a request is its version, its kind and its fields in order, little-endian")
  func layout() {
    let expected: [UInt8] =
      [1, 1]  // version, kind
      + [1, 2, 0, 0, 0] + Array("id".utf8) + [2, 0, 0, 0]
      + [12, 0, 0, 0] + Array("::1 2 ::1 22".utf8)
      + [0, 0, 0, 0]
      + [0]
    #expect(request.encoded() == expected)
  }

  @Test("no line at all and an empty line are two things")
  func missingLine() throws {
    for line in [nil, []] as [[UInt8]?] {
      var request = request
      request.line = line
      #expect(try CallRequest(decoding: request.encoded()).line == line)
    }
  }

  @Test("another version is an error that names it")
  func version() {
    #expect(throws: WireError.badVersion(2)) {
      try CallRequest(decoding: [2] + request.encoded().dropFirst())
    }
  }

  @Test("one kind of message does not decode as another")
  func kinds() {
    #expect(throws: WireError.unknownTag(.kind, WireKind.callReply.rawValue)) {
      try CallRequest(decoding: CallReply(status: 0).encoded())
    }
  }

  @Test("a count that promises more bytes than there are is refused before anything is allocated")
  func hugeCounts() {
    let limits = [UInt8](repeating: 0, count: 12)
    let header = [wireVersion, WireKind.callPlan.rawValue] + limits
    #expect(throws: WireError.tooLong(.steps)) { try CallPlan(decoding: header + [0xFF, 0xFF, 0xFF, 0xFF]) }
    #expect(throws: WireError.truncated) { try CallPlan(decoding: header + [0x10, 0, 0, 0]) }
  }

  @Test("a field is accepted at its limit and refused one byte above it")
  func fieldLimits() throws {
    func decode(_ change: (inout CallRequest) -> Void) throws {
      var changed = request
      change(&changed)
      #expect(try CallRequest(decoding: changed.encoded()) == changed)
    }
    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x61, count: count) }

    try decode { $0.line = bytes(8192) }
    #expect(throws: WireError.tooLong(.line)) { try decode { $0.line = bytes(8193) } }
    try decode { $0.connection = bytes(256) }
    #expect(throws: WireError.tooLong(.connection)) { try decode { $0.connection = bytes(257) } }
    try decode { $0.authentication = bytes(16384) }
    #expect(throws: WireError.tooLong(.authentication)) { try decode { $0.authentication = bytes(16385) } }
    try decode { $0.target = bytes(255) }
    #expect(throws: WireError.tooLong(.target)) { try decode { $0.target = bytes(256) } }

    func refused(_ count: Int) -> CallEvent {
      .refused(RefusedAccess(operation: .open, path: bytes(count), reason: "denied"))
    }
    #expect(try CallEvent(decoding: refused(4096).encoded()) == refused(4096))
    #expect(throws: WireError.tooLong(.path)) { try CallEvent(decoding: refused(4097).encoded()) }
  }

  @Test("the largest request, reply and event fit one packet of 64 KiB")
  func packets() throws {
    let request = CallRequest(
      line: [UInt8](repeating: 0, count: 8192), lineLength: .max,
      connection: [UInt8](repeating: 0, count: 256),
      authentication: [UInt8](repeating: 0, count: 16384), target: [UInt8](repeating: 0, count: 255))
    let reply = CallReply(
      status: 1, messages: Array(repeating: String(repeating: "x", count: 5000), count: 500))
    let event = CallEvent.refused(
      RefusedAccess(
        operation: .open, path: [UInt8](repeating: 0, count: 4096),
        reason: String(repeating: "x", count: 5000)))
    for bytes in [request.encoded(), reply.encoded(), event.encoded()] { #expect(bytes.count <= 65536) }
    #expect(try CallRequest(decoding: request.encoded()) == request)
    #expect(try CallReply(decoding: reply.encoded()).messages.count == 32)
  }

  @Test("text for people above its limit is shortened between two characters, not lost")
  func longText() throws {
    let long = String(repeating: "é", count: 600)
    let reply = try CallReply(decoding: CallReply(status: 125, messages: [long]).encoded())
    #expect(reply.messages == [String(repeating: "é", count: 510) + "…"])
  }

  @Test("text that is not UTF-8 is an error")
  func invalidText() {
    let valid = CallReply(status: 0, messages: ["aa"]).encoded()
    #expect(throws: WireError.badUTF8(.messages)) {
      try CallReply(decoding: valid.dropLast(2) + [0xC3, 0x28])
    }
  }

  @Test("a flag is 0 or 1, and a tag is one of those that exist")
  func tags() {
    let started = CallEvent.started(Enforcement(landlock: 7, ownNamespaces: true)).encoded()
    #expect(throws: WireError.unknownTag(.ownNamespaces, 2)) {
      try CallEvent(decoding: started.dropLast() + [2])
    }
    #expect(throws: WireError.unknownTag(.event, 9)) { try CallEvent(decoding: started[..<2] + [9]) }
  }

  @Test("a plan of 32 full stages decodes to the same plan")
  func largePlan() throws {
    let program = PlannedProgram(
      executable: Array("/usr/bin/grep".utf8),
      arguments: (0..<256).map { .glob(Array("/var/log/app-\($0)*".utf8)) },
      environment: [Array("LC_ALL=C".utf8)], groups: [], sockets: [], readable: [], programs: [], scratch: 0,
      filter: 1, memory: 1 << 29, processes: 16, maximumOperands: 256,
      viewFilter: 8)
    let plan = CallPlan(
      limits: CallLimits(time: 30_000, output: 8 << 20),
      steps: [
        PlannedStep(
          condition: .always,
          stages: Array(
            repeating: PlannedStage(action: .run(program), redirections: [.errorToNull]), count: 32))
      ])
    let bytes = plan.encoded()
    #expect(bytes.count > 65536)
    #expect(try CallPlan(decoding: bytes) == plan)
  }

  @Test("a plan carries 64 public trees of 255 bytes, and no more and no longer ones")
  func publicTrees() throws {
    func plan(_ count: Int, _ length: Int) -> CallPlan {
      let program = PlannedProgram(
        executable: [], arguments: [], environment: [], groups: [], sockets: [], readable: [], programs: [],
        scratch: 0, filter: 0, memory: 0, processes: 0, maximumOperands: 0)
      return CallPlan(
        limits: CallLimits(time: 1, output: 1),
        steps: [
          PlannedStep(condition: .always, stages: [PlannedStage(action: .run(program), redirections: [])])
        ], publicTrees: Array(repeating: [UInt8](repeating: 0x61, count: length), count: count))
    }
    #expect(try CallPlan(decoding: plan(64, 255).encoded()) == plan(64, 255))
    #expect(throws: WireError.tooLong(.publicTrees)) { try CallPlan(decoding: plan(65, 1).encoded()) }
    #expect(throws: WireError.tooLong(.publicTrees)) { try CallPlan(decoding: plan(1, 256).encoded()) }
  }

  @Test("a plan above its maximum size is not looked into")
  func plannedTooLarge() {
    #expect(throws: WireError.tooLong(.message)) {
      try CallPlan(decoding: [UInt8](repeating: 0xFF, count: CallPlan.maximumSize + 1))
    }
  }
}
