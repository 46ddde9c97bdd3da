internal import Glibc
internal import Kernel
internal import Wire

/// Judges held calls and ends them, one at a time.
extension Supervisor {
  mutating func answer(_ stage: RunningStage, at now: Int64) throws(KernelError) {
    guard let call = try stage.listener.receive() else { return }
    company.meet(stage, call.thread, at: now)
    let arguments: HeldArguments
    do throws(KernelError) {
      arguments = try HeldArguments(of: call)
    } catch {
      return try stage.listener.refuse(call, with: error.code)
    }
    switch arguments {
    case .open(let request): try answer(request, call, stage)
    case .connect(let request): try answer(request, call, stage)
    case .watch(let request): try answer(request, call, stage)
    case .attributes(let request): try answer(request, call, stage)
    case .affinity(let request): try answer(request, call, stage)
    case .unknown: try stage.listener.refuse(call, with: ENOSYS)
    }
  }

  private mutating func answer(
    _ request: OpenRequest, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    if stage.program.scratch > 0, let file = opener.openScratch(request) {
      return try inject(file, for: request, into: call, stage)
    }
    try opener.join(stage.program.groups)
    switch opener.open(request, by: call.thread, grants: stage.grants, in: stage.shown) {
    case .opened(let file): try inject(file, for: request, into: call, stage)
    case .failed(let failure):
      let isWaiting = try stage.listener.stillHolds(call)
      try stage.listener.refuse(call, with: failure.code)
      if isWaiting { try note(failure) }
    }
  }

  private mutating func answer(
    _ request: AttributeRequest, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    try opener.join(stage.program.groups)
    do throws(KernelError) {
      let answer = try opener.attributes(request, by: call.thread, grants: stage.grants)
      try put(answer.bytes, at: request.answer, returning: answer.value, call, stage)
    } catch {
      try stage.listener.refuse(call, with: error.code)
    }
  }

  /// As if the supervisor did not keep the stage near: programs count their CPUs by this.
  private func answer(
    _ request: AffinityRequest, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    guard let mask = company.everywhere?.mask, request.room >= mask.count, request.room % 8 == 0 else {
      return try stage.listener.refuse(call, with: EINVAL)
    }
    do throws(KernelError) {
      try put(mask, at: request.answer, returning: CInt(mask.count), call, stage)
    } catch {
      try stage.listener.refuse(call, with: error.code)
    }
  }

  /// Writes into the memory of the thread that waits, and of no other that has its number by now.
  private func put(
    _ bytes: [UInt8], at address: UInt64, returning value: CInt, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    guard try stage.listener.stillHolds(call) else { return }
    try ForeignMemory.write(bytes, to: call.thread, at: address)
    try stage.listener.succeed(call, with: value)
  }

  private func inject(
    _ file: borrowing FileDescriptor, for request: OpenRequest, into call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    do throws(KernelError) {
      try stage.listener.inject(file, into: call, closeOnExec: request.flags.contains(.closeOnExec))
    } catch {
      // EMFILE: the command has too many files open. It must get an answer all the same.
      try stage.listener.refuse(call, with: error.code)
    }
  }

  private mutating func answer(
    _ request: ConnectRequest, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    // What was read by pid was read from this very thread, if it still waits.
    guard try stage.listener.stillHolds(call) else { return }
    try opener.join(stage.program.groups)
    guard
      let (code, access) = SocketConnector.connect(
        request, by: call.thread, to: stage.program.sockets, through: &opener,
        whileHeld: { () throws(KernelError) in try stage.listener.stillHolds(call) })
    else { return try stage.listener.succeed(call) }
    try stage.listener.refuse(call, with: code)
    if let access { try note(access) }
  }

  private mutating func answer(
    _ request: WatchRequest, _ call: HeldCall, _ stage: RunningStage
  ) throws(KernelError) {
    try opener.join(stage.program.groups)
    switch opener.open(request.open, by: call.thread, grants: stage.grants, in: stage.shown) {
    case .opened(let file):
      do throws(KernelError) {
        let inotify = try opener.resolver.callers.descriptor(request.inotify, of: call.thread)
        // The descriptor is that of the thread that waits, if it still does.
        guard try stage.listener.stillHolds(call) else { return }
        try stage.listener.succeed(call, with: try inotify.watch(file, for: request.mask))
      } catch {
        try stage.listener.refuse(call, with: error.code)
      }
    case .failed(let failure):
      try stage.listener.refuse(call, with: failure.code)
      try note(failure)
    }
  }

  private mutating func note(_ failure: FileOpener.Failure) throws(KernelError) {
    switch failure {
    case .kernel: break
    case .refused(let access): try note(access)
    case .undecided(let access):
      if !hasReportedOldIndex { try broker.send(.indexOutdated) }
      hasReportedOldIndex = true
      try note(access)
    }
  }

  private mutating func note(_ access: RefusedAccess) throws(KernelError) {
    refusals += 1
    if refusals <= UInt32(CallEvent.maximumRefusals) { try broker.send(.refused(access)) }
    if refusals <= CallEvent.toldRefusals {
      tell("refused to \(access.operation) \(Printable.text(access.path)): \(access.reason)")
    }
  }
}
