internal import Glibc
internal import Kernel
internal import Wire

/// Runs a judged line: its pipelines in order, the stages of each side by side, until it has ended or was ended.
struct CallRunner: ~Copyable {
  private let plan: CallPlan
  private let launcher: StageLauncher
  private let deadline: Int64
  private let sinks: Sinks
  private let publicTrees: PublicTrees?
  private var supervisor: Supervisor
  /// Where the line stands after `cd`.
  private var directory: FileDescriptor

  /// What stages read from and write to when nothing else is said, and /dev/null.
  struct Sinks: ~Copyable {
    var input: FileDescriptor
    var output: FileDescriptor
    var error: FileDescriptor
    var null: FileDescriptor
  }

  init(
    plan: CallPlan, launcher: consuming StageLauncher, supervisor: consuming Supervisor,
    sinks: consuming Sinks, publicTrees: PublicTrees? = nil
  ) throws(KernelError) {
    directory = try .open("/", .path)
    deadline = MonotonicClock.now + Int64(plan.limits.time) * 1_000_000
    self.plan = plan
    self.launcher = launcher
    self.supervisor = supervisor
    self.sinks = sinks
    self.publicTrees = publicTrees
  }

  /// Runs the line and returns how it ended; no process of it is left then.
  mutating func run() -> CallEnd {
    let cause = giveUpStreams(after: cause())
    return CallEnd(cause: cause, bytesOut: supervisor.bytesOut, refusals: supervisor.refusals)
  }

  /// Tells the broker.
  mutating func report(_ event: CallEvent) throws(KernelError) { try supervisor.report(event) }

  /// Lets go of the caller's streams: a reader at the other end sees the end only when no process holds them, and this
  /// one takes a while to be gone.
  private func giveUpStreams(after cause: CallEnd.Cause) -> CallEnd.Cause {
    do throws(KernelError) {
      try sinks.input.replace(with: sinks.null)
      try supervisor.giveUpStreams(for: sinks.null)
      return cause
    } catch {
      return .failed("\(error)")
    }
  }

  private mutating func cause() -> CallEnd.Cause {
    do {
      return try runSteps()
    } catch {
      do throws(KernelError) {
        try OwnProcessNamespace.killAll()
      } catch {
        return .failed("\(error)")
      }
      return cause(after: error)
    }
  }

  private func cause(after error: any Error) -> CallEnd.Cause {
    switch error {
    case Interruption.timedOut: .timedOut
    case Interruption.outputLimit: .outputLimit
    case Interruption.callerGone: .signaled(UInt8(SIGPIPE))
    case Interruption.brokerGone: .failed("the broker is gone")
    case StageLauncher.Failure.refused(let reason): .refused(reason)
    case StageLauncher.Failure.kernel(let program, let error): .failed("cannot start \(program): \(error)")
    default: .failed("\(error)")
    }
  }

  private mutating func runSteps() throws -> CallEnd.Cause {
    var last = CallEnd.Cause.exited(0)
    for step in plan.steps {
      let hasSucceeded = last == .exited(0)
      switch step.condition {
      case .afterSuccess where !hasSucceeded, .afterFailure where hasSucceeded: continue
      case .always, .afterSuccess, .afterFailure: last = try run(step)
      }
    }
    return last
  }

  /// Runs one pipeline; its end is that of its last stage.
  private mutating func run(_ step: PlannedStep) throws -> CallEnd.Cause {
    var last = CallEnd.Cause.exited(0)
    /// What the stage to the left writes; the caller's own input for the first stage.
    var input: FileDescriptor?
    for (index, stage) in step.stages.enumerated() {
      let wiring = StageWiring(stage.redirections, feedsNext: index < step.stages.count - 1)
      switch stage.action {
      case .run(let program):
        input = try start(program, wiring, input: input.take(), feedsNext: index < step.stages.count - 1)
        last = .exited(0)
      case .say(let output, let error, let status):
        input = try say(output, error, wiring, feedsNext: index < step.stages.count - 1)
        last = .exited(status)
      case .changeDirectory(let path):
        last = .exited(try changeDirectory(to: path) ? 0 : 1)
      }
    }
    _ = input.take()
    let end = try supervisor.supervise(until: deadline, outputLimit: plan.limits.output)
    guard case .run = step.stages.last?.action, let end else { return last }
    return switch end {
    case .exited(let status): .exited(status)
    case .signaled(let number): .signaled(number)
    }
  }

  /// Starts a program and returns what the next stage reads.
  private mutating func start(
    _ program: PlannedProgram, _ wiring: StageWiring, input: consuming FileDescriptor?, feedsNext: Bool
  ) throws -> FileDescriptor? {
    var pipe = feedsNext ? try FileDescriptor.pipe() : nil
    let reader = pipe?.takeFirst()
    let writer = pipe?.takeSecond()
    let next = Self.number(of: writer) ?? sinks.output.number
    let streams = StageLauncher.Streams(
      input: wiring.inputIsNull ? sinks.null.number : Self.number(of: input) ?? sinks.input.number,
      output: number(of: wiring.output, next: next), error: number(of: wiring.error, next: next))
    try supervisor.join(program.groups)
    let stage = try launcher.launch(
      program, arguments: try expand(program), streams: streams, directory: directory, time: plan.limits.time,
      in: try trees(for: program))
    supervisor.add(stage)
    return reader
  }

  /// Where the program runs if it only needs to see public trees, and these are what they should be.
  private func trees(for program: PlannedProgram) throws(KernelError) -> PublicTrees? {
    guard program.viewFilter != nil, let publicTrees, supervisor.opener.judge.publicTreesAreWhole,
      try directory.location() == [UInt8(ascii: "/")]
    else { return nil }
    return publicTrees
  }

  private static func number(of descriptor: borrowing FileDescriptor?) -> CInt? {
    switch descriptor {
    case .some(let descriptor): descriptor.number
    case .none: nil
    }
  }

  private func number(of sink: StageWiring.Sink, next: CInt) -> CInt {
    switch sink {
    case .nextStage: next
    case .callerOutput: sinks.output.number
    case .callerError: sinks.error.number
    case .null: sinks.null.number
    }
  }

  /// The words that the program gets. A glob that matches nothing stays as it was written, as in a shell.
  private mutating func expand(_ program: PlannedProgram) throws -> [[UInt8]] {
    var words: [[UInt8]] = []
    var expanded = 0
    let here = try directory.location()
    for argument in program.arguments {
      switch argument {
      case .literal(let word): words.append(word)
      case .glob(let pattern):
        let names: [[UInt8]]
        do throws(GlobExpansion.Failure) {
          names = try supervisor.names(of: GlobExpansion(pattern), from: here)
        } catch .unreadable(let error) {
          throw error
        } catch {
          throw StageLauncher.Failure.refused("\(Printable.text(pattern)): \(error)")
        }
        words += names.isEmpty ? [GlobExpansion.unescaped(pattern)] : names
        expanded += max(1, names.count)
      }
    }
    if expanded > Int(program.maximumOperands) {
      throw StageLauncher.Failure.refused(
        "the globs give \(expanded) words, and the command takes \(program.maximumOperands)")
    }
    return words
  }

  /// Hands a built-in's text on, and returns what the next stage reads.
  private mutating func say(
    _ output: [UInt8], _ error: [UInt8], _ wiring: StageWiring, feedsNext: Bool
  ) throws -> FileDescriptor? {
    var next: [UInt8] = []
    for (text, sink) in [(output, wiring.output), (error, wiring.error)] {
      switch sink {
      case .nextStage: next += text
      case .callerOutput: supervisor.say(output: text)
      case .callerError: supervisor.say(error: text)
      case .null: break
      }
    }
    guard feedsNext else { return nil }
    return try FileDescriptor.memoryFile(named: "keyhole-text", holding: next).reopen(.readOnly)
  }

  private mutating func changeDirectory(to path: [UInt8]) throws -> Bool {
    let here = try directory.location()
    let target = path.first == UInt8(ascii: "/") ? path : here + [UInt8(ascii: "/")] + path
    guard let name = FilePath(target) else { return false }
    switch supervisor.openDirectory(name) {
    case .opened(let place):
      directory = place
      return true
    case .failed(let failure):
      let error = KernelError(.chdir, on: Printable.text(path), code: failure.code)
      supervisor.tell("cd: \(error)")
      return false
    }
  }
}
