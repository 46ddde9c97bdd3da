internal import AuditTrail
internal import Glibc
internal import Kernel
internal import Logging
internal import Wire

/// A call that keyhole-exec runs, and everything of the call with it: when this ends, nothing of the call is left.
struct RunningCall {
  /// Its place in the audit trail, which wants its end.
  let record: OpenCall
  private let executor: WaitingExecutor
  private let call: IdentifiedCall
  private let limits: CallLimits
  private let services: BrokerServices

  /// What keyhole-exec gets beyond the call's own time limit, to say that it was reached.
  private static let grace: Int64 = 2_000_000_000

  /// Hands the call to keyhole-exec. It takes the recorded decision to do so.
  static func start(
    _ decision: consuming RecordedDecision, plan: CallPlan, confinement: Confinement,
    streams: inout ReceivedMessage, call: IdentifiedCall, services: BrokerServices
  ) throws(KernelError) -> RunningCall {
    guard let input = streams.takeDescriptor(), let output = streams.takeDescriptor(),
      let error = streams.takeDescriptor()
    else { throw KernelError(.recvmsg, on: "streams", code: EBADF) }
    let file = try FileDescriptor.memoryFile(named: "keyhole-plan", holding: plan.encoded())
    let deniedFiles = call.force.deniedFiles
    let record = decision.begin()
    // In the order of CallDescriptor.
    let executor = try services.executors.handOver(
      confinement.encoded(),
      descriptors: [
        input.number, output.number, error.number, file.number, call.force.deniedPaths.number,
        deniedFiles.file.number, call.force.view?.root.number ?? services.null.number,
      ])
    return RunningCall(
      record: record, executor: executor, call: call, limits: plan.limits, services: services)
  }

  /// Follows the call to its end, passing its events on to the audit trail.
  ///
  /// It is cut short when the client goes away, when its agent may no longer be there, when the broker stops, and when the
  /// sandbox itself hangs.
  func follow(_ front: borrowing MessageSocket, until revocation: Revocation) -> FinishedCall {
    do throws(KernelError) {
      let end = try followEvents(front, revocation)
      // Where keyhole-exec itself reported the end, nothing of the line is left already.
      try executor.process.kill()
      return end
    } catch {
      return .impossible("the sandbox cannot be followed: \(error)")
    }
  }

  /// Waits until keyhole-exec is gone: only then may another call have this one's uid. The kernel takes some
  /// milliseconds to dissolve a pid namespace, which no caller needs to wait for.
  func waitForEnd(in slot: CallSlot) {
    services.executors.order()
    do throws(KernelError) {
      try executor.end()
    } catch {
      slot.retire()
      services.log.critical(
        "keyhole-exec of call \(call.id) cannot be ended, so uid \(slot.user) is not used again: \(error)")
    }
  }

  private func followEvents(
    _ front: borrowing MessageSocket, _ revocation: Revocation
  ) throws(KernelError) -> FinishedCall {
    var startedAt: Int64?
    let deadline = MonotonicClock.now + Int64(limits.time) * 1_000_000 + Self.grace
    while true {
      var entries = [
        PollEntry(executor.control.descriptor, .readable), PollEntry(front.descriptor, .readable),
        revocation.interest, services.stopping.interest,
      ]
      let rest = deadline - MonotonicClock.now
      guard rest > 0, try poll(&entries, milliseconds: Int(rest / 1_000_000) + 1) > 0 else {
        return FinishedCall(CallEnd(cause: .timedOut, bytesOut: 0, refusals: 0), limits: limits)
      }
      if !entries[0].got.isEmpty {
        if var end = try handleEvent(&startedAt) {
          end.ran = startedAt.map { $0...max($0, MonotonicClock.now) }
          return end
        }
      } else if !entries[1].got.isEmpty {
        // A front sends one request: whatever else comes, it no longer waits for this call.
        return .clientGone
      } else if !entries[2].got.isEmpty, let refusal = revocation.refusal {
        return .revoked(refusal)
      } else if !entries[3].got.isEmpty {
        return .impossible("the broker was stopped")
      }
    }
  }

  /// The end, when this event was the last.
  private func handleEvent(_ startedAt: inout Int64?) throws(KernelError) -> FinishedCall? {
    let message = try executor.receive()
    if message.bytes.isEmpty { return .impossible("the sandbox ended without a word") }
    guard let event = try? CallEvent(decoding: message.bytes) else {
      return .impossible("the sandbox sent something that is not understood")
    }
    switch event {
    case .started: startedAt = MonotonicClock.now
    case .refused(let access):
      if let error = record(access) {
        return .impossible("a refused access cannot be recorded: \(error.message)")
      }
    case .indexOutdated:
      call.force.rebuildIndex(log: services.log)
    case .ended(let end):
      return FinishedCall(end, limits: limits)
    }
    return nil
  }

  private func record(_ access: RefusedAccess) -> AuditError? {
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
      return nil
    } catch {
      services.log.error("a refused access of call \(call.id) was not recorded: \(error.message)")
      return error
    }
  }
}
