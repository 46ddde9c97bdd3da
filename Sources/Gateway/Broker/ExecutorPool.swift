internal import Glibc
internal import Kernel
internal import Logging
internal import Synchronization
internal import Wire

/// A started keyhole-exec that waits for its one call.
final class WaitingExecutor: Sendable {
  let process: ChildProcess
  let control: MessageSocket

  /// Starts keyhole-exec as the first process of a new pid namespace. It dies with the calling thread.
  init(_ supplies: SandboxSupplies) throws(KernelError) {
    var ends = try MessageSocket.pair()
    let control = MessageSocket(owning: ends.takeFirst())
    let theirs = ends.takeSecond()
    let null = supplies.null.number
    let namespaces = supplies.namespaces
    // In the order of ExecDescriptor.
    var plan = SpawnPlan(
      arguments: [Array("keyhole-exec".utf8)], environment: [],
      descriptors: [
        null, null, null, theirs.number, supplies.filters.number, namespaces.mount.number,
        namespaces.network.number, namespaces.ipc.number,
      ])
    plan.newProcessNamespace = true
    plan.newSession = true
    plan.diesWithParent = true
    process = try ChildProcess.spawn(supplies.executor, plan)
    self.control = control
  }

  /// Hands the call over. When that fails, nothing of this executor is left.
  func take(_ message: [UInt8], descriptors: [CInt]) throws(KernelError) {
    do throws(KernelError) {
      try control.send(message, descriptors: descriptors)
    } catch {
      let reason = lastWords()
      // Nobody else would reap it.
      try end()
      throw KernelError(error.call, on: reason.map { "to keyhole-exec (\($0))" } ?? "", code: error.code)
    }
  }

  /// The next message; no bytes means that it has ended.
  func receive() throws(KernelError) -> ReceivedMessage {
    do throws(KernelError) {
      return try control.receive(upTo: CallEvent.maximumSize)
    } catch  where error.code == ECONNRESET {
      // Told once when it ended before it had read all. What it sent before that is still to come.
      return try control.receive(upTo: CallEvent.maximumSize)
    }
  }

  /// Whether it has ended by itself.
  var hasEnded: Bool {
    var entries = [PollEntry(process.pidfd, .readable)]
    return ((try? poll(&entries, milliseconds: 0)) ?? 0) > 0
  }

  /// Why it ended without a call, if it did and said so.
  func lastWords() -> String? {
    var entries = [PollEntry(control.descriptor, .readable)]
    guard let ready = try? poll(&entries, milliseconds: 0), ready > 0,
      let message = try? receive(),
      case .ended(let end)? = try? CallEvent(decoding: message.bytes), case .failed(let reason) = end.cause
    else { return nil }
    return reason
  }

  /// Ends it, and everything in its pid namespace, for good.
  func end() throws(KernelError) {
    try process.kill()
    _ = try process.wait()
  }
}

/// Keeps a few executors ready: to start one takes as long as all the rest of a short call.
final class ExecutorPool: Sendable {
  private let supplies: SandboxSupplies
  private let log: Logger
  private let ready = Mutex<[WaitingExecutor]>([])
  /// A byte here asks for the pool to be filled.
  private let requests: FileDescriptor
  private let orders: FileDescriptor

  private static let size = 2

  init(_ supplies: SandboxSupplies, log: Logger) throws(KernelError) {
    self.supplies = supplies
    self.log = log
    var pipe = try FileDescriptor.pipe()
    requests = pipe.takeFirst()
    let orders = pipe.takeSecond()
    try orders.setNonBlocking()
    self.orders = orders
    // The executors die with the thread that starts them, so it lives as long as the broker.
    try WorkerThread.start { self.fillForEver() }
    order()
  }

  /// Hands a call to an executor: one that waits, or a new one.
  func handOver(_ message: [UInt8], descriptors: [CInt]) throws(KernelError) -> WaitingExecutor {
    if let executor = ready.withLock({ $0.popLast() }) {
      do throws(KernelError) {
        try executor.take(message, descriptors: descriptors)
        return executor
      } catch {
        log.warning("an executor ended while it waited: \(error)")
      }
    }
    let executor = try WaitingExecutor(supplies)
    try executor.take(message, descriptors: descriptors)
    return executor
  }

  /// Asks for executors in place of those that were taken; best after a call, which needs the processors itself.
  func order() {
    // A full pipe holds orders enough.
    _ = try? orders.write([1])
  }

  private func fillForEver() {
    // Running calls end with this thread, so it goes on whatever fails: a call without a waiting executor starts one.
    while true {
      do throws(KernelError) {
        guard try !requests.read(upTo: 64).isEmpty else { return }
        try fill()
      } catch {
        log.error("no executor can be kept ready: \(error)")
      }
    }
  }

  private func fill() throws(KernelError) {
    try removeEnded()
    while ready.withLock({ $0.count }) < Self.size {
      let executor = try WaitingExecutor(supplies)
      ready.withLock { $0.append(executor) }
    }
  }

  /// The last one in is the first to get a call, so one that has ended further down would stay for ever.
  private func removeEnded() throws(KernelError) {
    let ended = ready.withLock { ready in
      var parts: (waiting: [WaitingExecutor], ended: [WaitingExecutor]) = ([], [])
      for executor in ready {
        if executor.hasEnded { parts.ended.append(executor) } else { parts.waiting.append(executor) }
      }
      ready = parts.waiting
      return parts.ended
    }
    for executor in ended {
      log.warning("an executor ended while it waited: \(executor.lastWords() ?? "it did not say why")")
      try executor.end()
    }
  }
}
