internal import AuditTrail
internal import CommandGrammar
internal import Glibc
internal import Kernel
internal import Logging
internal import Policy
internal import Wire

/// What happens to one call: the security steps, in this order.
struct RequestPath: Sendable {
  let services: BrokerServices

  /// Of the thread that serves a call. The parsers of small languages go as deep as a program is nested.
  static let stackSize = 1 << 20

  /// Serves one connection of keyhole-shell to its end.
  func serve(_ front: borrowing MessageSocket, in slot: CallSlot) {
    let start = MonotonicClock.now
    do {
      var incoming = try read(from: front)
      try perform(&incoming, for: front, since: start, in: slot)
    } catch {
      answer(error, to: front)
    }
  }

  /// Serves one call that came over a session. `front` is the socket that came with it.
  func serve(_ incoming: inout IncomingRequest, for front: borrowing MessageSocket, in slot: CallSlot) {
    do {
      try perform(&incoming, for: front, since: MonotonicClock.now, in: slot)
    } catch {
      answer(error, to: front)
    }
  }

  private func perform(
    _ incoming: inout IncomingRequest, for front: borrowing MessageSocket, since start: Int64,
    in slot: CallSlot
  ) throws {
    let agent = try identify(incoming)
    let call = IdentifiedCall(request: incoming.call, caller: agent.caller, force: agent.force, start: start)
    let judged = try judge(call, agent)
    let decision = try record(call, judged)
    let running = try run(decision, judged, call, &incoming, slot)
    remember(incoming.claim, agent, front)
    let end = running.follow(front, until: agent.revocation)
    record(end, of: call, as: running.record)
    send(CallReply(status: end.status, messages: end.messages), to: front)
    logTimes(of: end, call)
    running.waitForEnd(in: slot)
  }

  private func answer(_ error: any Error, to front: borrowing MessageSocket) {
    if let failure = error as? CallFailure {
      return send(CallReply(status: failure.status, messages: failure.messages), to: front)
    }
    services.log.error("a call failed: \(error)")
    send(CallReply(status: 125, messages: ["the broker failed: \(error)"]), to: front)
  }

  /// The broker's own part of the call's time, for the benchmark: docs/benchmarks.md
  private func logTimes(of end: FinishedCall, _ call: IdentifiedCall) {
    guard let ran = end.ran else { return }
    let before = (ran.lowerBound - call.start) / 1000
    let after = (MonotonicClock.now - ran.upperBound) / 1000
    let between = (ran.upperBound - ran.lowerBound) / 1000
    services.log.debug(
      "call \(call.id): \(before) µs before it ran, \(after) µs after; it ran for \(between) µs")
  }

  private func send(_ reply: CallReply, to front: borrowing MessageSocket) {
    // A client that went away needs no answer. Nobody waits here for one that does not read: it shares the socket of a
    // session's call with us and may have filled it.
    _ = try? front.descriptor.sendNow(reply.encoded()[...])
  }
}

// MARK: Read

extension RequestPath {
  /// How long a front may take to say what it wants.
  private static let patience = 5_000

  private func read(from front: borrowing MessageSocket) throws -> IncomingRequest {
    var entries = [PollEntry(front.descriptor, .readable)]
    guard try poll(&entries, milliseconds: Self.patience) > 0 else {
      throw CallFailure.impossible(reason: "no request came", hint: "")
    }
    let message = try front.receive(upTo: CallRequest.maximumSize, descriptors: 3)
    let request: CallRequest
    do throws(WireError) {
      request = try CallRequest(decoding: message.bytes)
    } catch {
      throw CallFailure.impossible(
        reason: "the request is not understood: \(error)",
        hint: "keyhole-shell and keyhole-broker must be of one version")
    }
    guard message.descriptorCount == 3 else {
      throw CallFailure.impossible(reason: "the request came without its three streams", hint: "")
    }
    return IncomingRequest(
      call: SessionCall(line: request.line, lineLength: request.lineLength, target: request.target),
      claim: .openSSH(connection: request.connection, authentication: request.authentication),
      message: message)
  }
}

// MARK: Judge

extension RequestPath {
  private func judge(_ call: IdentifiedCall, _ agent: KnownAgent) throws -> JudgedLine {
    let policy = call.force.policy
    guard let bytes = call.request.line, !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
      return Self.help(policy.helpText(for: agent.agent))
    }
    if call.request.lineLength != UInt32(bytes.count) {
      throw try recordRefusal(of: call, Self.tooLong(call.request.lineLength))
    }
    let line: CommandLine
    do throws(SyntaxError) {
      line = try CommandLine(parsing: bytes)
    } catch {
      throw try recordRefusal(of: call, Refusal(error))
    }
    switch policy.judge(Self.aimed(line, at: call.request.target), agent: agent.agent) {
    case .allowed(let judged): return judged
    case .refused(let refusal): throw try recordRefusal(of: call, refusal)
    }
  }

  /// KEYHOLE_TARGET stands in for an `@name` that the line does not have.
  private static func aimed(_ line: CommandLine, at target: [UInt8]?) -> CommandLine {
    guard line.target == nil, let target, !target.isEmpty else { return line }
    return CommandLine(target: String(decoding: target, as: UTF8.self), steps: line.steps)
  }

  /// A session without a command, as for a shell: says what there is, and fails.
  private static func help(_ text: String) -> JudgedLine {
    let stage = JudgedStage(
      rule: "help", action: .say(output: text, error: "", status: 126), redirections: [])
    return JudgedLine(steps: [JudgedStep(condition: .always, stages: [stage])], limits: Limits())
  }

  private static func tooLong(_ length: UInt32) -> Refusal {
    Refusal(
      kind: .syntax, rule: "grammar",
      reason: "the line has \(length) bytes, and at most \(CommandLine.maximumLength) are allowed",
      hint: "split it into several calls")
  }
}

// MARK: Record

extension RequestPath {
  private func record(_ call: IdentifiedCall, _ judged: JudgedLine) throws -> RecordedDecision {
    do throws(AuditError) {
      return try services.audit.recordDecision(call.decision(rules: judged.rules))
    } catch {
      services.log.error("call \(call.id) was not run: \(error.message)")
      throw CallFailure(error)
    }
  }

  /// The failure to throw once the refusal stands in the trail.
  func recordRefusal(of call: IdentifiedCall, _ refusal: Refusal) throws -> CallFailure {
    do throws(AuditError) {
      try services.audit.record(.refused(call.decision(rules: [refusal.rule]), reason: refusal.reason))
      return .refused(refusal)
    } catch {
      services.log.error("a refusal was not recorded: \(error.message)")
      throw CallFailure(error)
    }
  }

  private func record(_ end: FinishedCall, of call: IdentifiedCall, as open: OpenCall) {
    let ended = EndedCall(
      cause: end.cause, status: end.status,
      milliseconds: UInt64(max(0, MonotonicClock.now - call.start)) / 1_000_000,
      bytesOut: end.bytesOut, refusals: end.refusals)
    do throws(AuditError) {
      try open.end(ended)
    } catch {
      services.log.error("the end of call \(call.id) is not recorded yet: \(error.message)")
    }
  }
}

// MARK: Run

extension RequestPath {
  private func run(
    _ decision: consuming RecordedDecision, _ judged: JudgedLine, _ call: IdentifiedCall,
    _ incoming: inout IncomingRequest, _ slot: CallSlot
  ) throws -> RunningCall {
    let open = decision.call
    let builder = PlanBuilder(force: call.force)
    let plan = builder.plan(for: judged)
    let confinement = builder.confinement(for: plan, user: slot.user, group: services.group)
    do throws(KernelError) {
      return try RunningCall.start(
        decision, plan: plan, confinement: confinement, streams: &incoming.message, call: call,
        services: services)
    } catch {
      let end = FinishedCall.impossible("the sandbox cannot be started: \(error)")
      record(end, of: call, as: open)
      throw CallFailure.impossible(
        reason: "the sandbox cannot be started: \(error)",
        hint: "an administrator sees more with `keyhole doctor`")
    }
  }
}
