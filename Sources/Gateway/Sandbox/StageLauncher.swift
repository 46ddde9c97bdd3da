internal import Glibc
internal import Kernel
internal import SecretPaths
internal import Wire

/// A stage's process, and the end at which its held calls arrive.
final class RunningStage {
  let child: ChildProcess
  let listener: NotificationListener
  /// False once every process under the filter is gone.
  var isListening = true
  let program: PlannedProgram
  /// Patterns that the supervisor opens for it with its own privilege.
  let grants: [PathPattern]
  /// Where it runs, if only these are shown to it.
  let shown: PublicTrees?
  var end: ProcessEnd?
  /// See ``CPUCompany``.
  var sharesCPU = false
  var lastHeldCall: Int64 = 0
  var soonHeldCalls = 0

  init(
    child: consuming ChildProcess, listener: consuming NotificationListener, program: PlannedProgram,
    grants: [PathPattern], shown: PublicTrees?
  ) {
    self.child = child
    self.listener = listener
    self.program = program
    self.grants = grants
    self.shown = shown
  }
}

/// Starts one stage of a pipeline under everything that holds it.
struct StageLauncher: ~Copyable {
  /// Why a stage cannot start.
  enum Failure: Error {
    case kernel(String, KernelError)
    case refused(String)
  }

  /// Landlock's version on this kernel, at least 1.
  let landlockVersion: Int

  /// The numbers that become standard input, output and error.
  struct Streams {
    var input: CInt
    var output: CInt
    var error: CInt
  }

  /// What every call costs in descriptors, see RLIMIT_NOFILE in getrlimit(2).
  private static let mostDescriptors: UInt64 = 1024
  /// Number of the executable's descriptor: above ``mostDescriptors``, and the one that the filter lets execveat use.
  private static let executableNumber: CInt = 4096

  func launch(
    _ program: PlannedProgram, arguments: [[UInt8]], streams: Streams, directory: borrowing FileDescriptor,
    time: UInt32, in shown: PublicTrees?
  ) throws(Failure) -> RunningStage {
    let name = String(decoding: program.executable, as: UTF8.self)
    do throws(KernelError) {
      let image = try ExecutableImage(program.executable, arguments: arguments)
      let ruleset = try Self.ruleset(version: landlockVersion, image: image, programs: program.programs)
      for tree in shown?.names ?? [] {
        guard let tree = FilePath(tree) else { continue }
        try ruleset.allow([.readFile, .readDirectory], on: try .open(tree, [.path, .directory]))
      }
      var plan = SpawnPlan(
        arguments: image.arguments, environment: program.environment,
        descriptors: [streams.input, streams.output, streams.error])
      plan.newSession = true
      if let shown { plan.root = shown.view.number } else { plan.workingDirectory = directory.number }
      plan.landlock = ruleset.descriptor.number
      plan.limits = Self.limits(of: program, time: time)
      let filters = FileDescriptor(owning: ExecDescriptor.filters.rawValue)
      let number = Int((shown == nil ? nil : program.viewFilter) ?? program.filter)
      let filter = try FilterProgram(number, in: filters)
      _ = filters.release()
      guard let filter else { throw KernelError(.mmap, on: "seccomp filter \(number)", code: EINVAL) }
      let executable = try image.file.duplicate(atLeast: Self.executableNumber)
      guard executable.number == Self.executableNumber else { throw KernelError(.dup, on: name, code: EBUSY) }
      var started = try ChildProcess.spawn(executable, plan, filter: filter)
      guard let child = started.takeChild(), let listener = started.takeListener() else {
        throw KernelError(.clone, on: name, code: ECHILD)
      }
      // Older kernels wake the other side wherever it last ran: slower, not less safe.
      try? listener.preferThisCPU()
      let grants = program.readable.compactMap { try? PathPattern($0) }
      return RunningStage(child: child, listener: listener, program: program, grants: grants, shown: shown)
    } catch {
      throw .kernel(name, error)
    }
  }

  private static func limits(of program: PlannedProgram, time: UInt32) -> [ResourceLimit] {
    [
      ResourceLimit(.addressSpace, program.memory),
      // The supervisor is a process of this uid as well.
      ResourceLimit(.processes, UInt64(program.processes) + 1),
      ResourceLimit(.descriptors, mostDescriptors),
      ResourceLimit(.cpuSeconds, UInt64(time) / 1000 + 1),
      ResourceLimit(.fileSize, program.scratch),
      ResourceLimit(.coreSize, 0),
      ResourceLimit(.lockedMemory, 0),
      ResourceLimit(.messageQueueBytes, 0),
    ]
  }

  /// Everything about files is forbidden but the execution of these images: files come as descriptors, which Landlock
  /// does not check.
  private static func ruleset(
    version: Int, image: borrowing ExecutableImage, programs: [[UInt8]]
  ) throws(KernelError) -> LandlockRuleset {
    // To the kernel an execution is an open for reading as well.
    let execution: LandlockRuleset.Access = [.execute, .readFile]
    let ruleset = try LandlockRuleset(version: version)
    try ruleset.allow(execution, on: image.file)
    for path in [ExecutableImage.loader] + programs {
      guard let path = FilePath(path) else { continue }
      do throws(KernelError) {
        try ruleset.allow(execution, on: try .open(path, .path))
      } catch  where error.code == ENOENT {
        // A program that this host lacks cannot be started anyway.
      }
    }
    return ruleset
  }
}
