internal import AuditTrail
internal import Kernel
internal import Logging
internal import Wire

/// A started keyhole-exec and everything of the call with it: when this ends, nothing of the call is left.
struct RunningCall: ~Copyable {
  private let process: ChildProcess
  private let control: MessageSocket
  private let call: IdentifiedCall
  private let limits: CallLimits
  private let services: BrokerServices

  /// What keyhole-exec gets beyond the call's own time limit, to say that it was reached.
  private static let grace: Int64 = 2_000_000_000

  /// Starts keyhole-exec as the first process of a new pid namespace. It takes the recorded decision to do so.
  static func start(
    _ decision: consuming RecordedDecision, plan: CallPlan, confinement: Confinement,
    streams: inout ReceivedMessage, call: IdentifiedCall, services: BrokerServices
  ) throws(KernelError) -> RunningCall {
    var ends = try MessageSocket.pair()
    let control = MessageSocket(owning: ends.takeFirst())
    let theirs = ends.takeSecond()
    let file = try FileDescriptor.memoryFile(named: "keyhole-plan", holding: plan.encoded())
    guard let input = streams.takeDescriptor(), let output = streams.takeDescriptor(),
      let error = streams.takeDescriptor()
    else { throw KernelError(.recvmsg, on: "streams", code: 9) }
    let supplies = services.supplies
    let deniedFiles = call.force.deniedFiles
    // In the order of ExecDescriptor.
    var spawn = SpawnPlan(
      arguments: [Array("keyhole-exec".utf8)], environment: [],
      descriptors: [
        input.number, output.number, error.number, theirs.number, file.number, supplies.filters.number,
        deniedFiles.file.number, call.force.deniedPaths.number, supplies.namespaces.mount.number, supplies.namespaces.network.number,
        supplies.namespaces.ipc.number, supplies.namespaces.uts.number,
      ])
    spawn.newProcessNamespace = true
    spawn.newSession = true
    spawn.diesWithParent = true
    let process = try ChildProcess.spawn(supplies.executor, spawn)
    try control.send(confinement.encoded())
    return RunningCall(process: process, control: control, call: call, limits: plan.limits, services: services)
  }

  /// Follows the call to its end, passing its events on to the audit trail.
  ///
  /// It is cut short when the client goes away, when the broker stops, and when the sandbox itself hangs.
  consuming func follow(_ front: borrowing MessageSocket) -> FinishedCall {
    let end: FinishedCall
    do throws(KernelError) {
      end = try followEvents(front)
    } catch {
      end = .impossible("the sandbox cannot be followed: \(error)")
    }
    do throws(KernelError) {
      // No-one else waits for this process, and its uid is free only when it is gone.
      try process.kill()
      _ = try process.wait()
    } catch {
      services.log.critical("keyhole-exec of call \(call.id) cannot be ended: \(error)")
    }
    return end
  }

  private func followEvents(_ front: borrowing MessageSocket) throws(KernelError) -> FinishedCall {
    let deadline = MonotonicClock.now + Int64(limits.time) * 1_000_000 + Self.grace
    while true {
      var entries = [
        PollEntry(control.descriptor, .readable), PollEntry(front.descriptor, .readable),
        services.stopping.interest,
      ]
      let rest = deadline - MonotonicClock.now
      guard rest > 0, try poll(&entries, milliseconds: Int(rest / 1_000_000) + 1) > 0 else {
        return FinishedCall(CallEnd(cause: .timedOut, bytesOut: 0, refusals: 0), limits: limits)
      }
      if !entries[0].got.isEmpty {
        if let end = try handleEvent() { return end }
      } else if !entries[1].got.isEmpty {
        // A front sends one request: whatever else comes, it no longer waits for this call.
        return .clientGone
      } else if !entries[2].got.isEmpty {
        return .impossible("the broker was stopped")
      }
    }
  }

  /// The end, when this event was the last.
  private func handleEvent() throws(KernelError) -> FinishedCall? {
    let message = try control.receive(upTo: CallEvent.maximumSize)
    if message.bytes.isEmpty { return .impossible("the sandbox ended without a word") }
    guard let event = try? CallEvent(decoding: message.bytes) else {
      return .impossible("the sandbox sent something that is not understood")
    }
    switch event {
    case .started(let enforcement):
      services.log.debug("call \(call.id) started after \(microseconds) µs, Landlock \(enforcement.landlock)")
    case .refused(let access):
      record(access)
    case .indexOutdated:
      call.force.rebuildIndex(log: services.log)
    case .ended(let end):
      services.log.debug("call \(call.id) ended after \(microseconds) µs")
      return FinishedCall(end, limits: limits)
    }
    return nil
  }

  private var microseconds: Int64 { (MonotonicClock.now - call.start) / 1000 }

  private func record(_ access: RefusedAccess) {
    let operation: RefusedOperation =
      switch access.operation {
      case .open: .open
      case .connect: .connect
      case .write: .write
      }
    do throws(AuditError) {
      try services.audit.record(
        .refusedAccess(
          call: call.id, caller: call.caller, operation, path: access.path, reason: access.reason))
    } catch {
      services.log.error("a refused access of call \(call.id) was not recorded: \(error.message)")
    }
  }
}
