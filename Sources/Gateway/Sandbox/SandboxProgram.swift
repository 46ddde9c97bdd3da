internal import DeniedFiles
internal import Glibc
internal import Kernel
internal import Wire

/// keyhole-exec: runs one judged line in the sandbox.
///
/// The broker starts it as the first process of a new pid namespace, with the descriptors of ``ExecDescriptor``, often
/// before there is a call for it. It becomes the call's own user before it reads the plan, so nothing that a caller
/// wrote is looked at with privilege.
public enum SandboxProgram {
  /// Exit status when the broker is not there to be told why.
  private static let cannotRun: Int32 = 125

  /// Does not return.
  public static func run() -> Never {
    guard OwnProcessNamespace.isFirst else {
      complain(
        "keyhole-exec: started by hand\nhint: only keyhole-broker starts it, in a pid namespace of its own\n")
      exit(cannotRun)
    }
    SignalDescriptor.ignoreBrokenPipes()
    let broker = BrokerLink()
    do {
      let processes = try Confiner.enterNamespaces()
      ProgramPages.populate()
      guard let call = try broker.receiveCall() else { exit(0) }
      try run(call, processes, broker)
    } catch {
      let end = CallEnd(cause: .failed("the sandbox cannot be set up: \(error)"), bytesOut: 0, refusals: 0)
      try? broker.send(.ended(end))
    }
    exit(0)
  }

  private static func run(
    _ call: consuming HandedCall, _ processes: consuming FileDescriptor, _ broker: BrokerLink
  ) throws {
    let privileges = SupervisorPrivileges(call.confinement)
    try Confiner.confine(call.confinement, keeping: privileges)
    let landlockVersion = LandlockRuleset.version
    guard landlockVersion >= 1 else { throw MissingEnforcement.landlock }
    try call.plan.seek(to: 0)
    let plan = try CallPlan(decoding: call.plan.readAll(limit: CallPlan.maximumSize))
    let publicTrees =
      plan.publicTrees.isEmpty ? nil : try PublicTrees(plan.publicTrees, view: call.publicView)
    let opener = FileOpener(
      resolver: try PathResolver(callers: CallerView(processes: processes)),
      judge: try ObjectJudge(
        deniedPaths: DeniedPathsFile(call.deniedPaths), deniedFiles: DeniedFileIndex(call.deniedFiles),
        publicTrees: publicTrees),
      privileges: privileges)
    var output = try FileDescriptor.pipe()
    var error = try FileDescriptor.pipe()
    let sinks = CallRunner.Sinks(
      input: call.input, output: output.takeSecond(), error: error.takeSecond(),
      null: try .open("/dev/null", .readWrite))
    let supervisor = try Supervisor(
      opener: opener, broker: broker, output: OutputPump(from: output.takeFirst(), to: call.output),
      error: OutputPump(from: error.takeFirst(), to: call.error))
    var runner = try CallRunner(
      plan: plan, launcher: StageLauncher(landlockVersion: landlockVersion), supervisor: supervisor,
      sinks: sinks, publicTrees: publicTrees)
    try runner.report(.started(Enforcement(landlock: UInt8(clamping: landlockVersion), ownNamespaces: true)))
    let end = runner.run()
    try runner.report(.ended(end))
  }

  private static func complain(_ text: String) {
    let error = FileDescriptor(owning: ExecDescriptor.standardError.rawValue)
    try? error.writeAll(Array(text.utf8))
    _ = error.release()
  }
}

/// What this kernel lacks and no other layer covers.
enum MissingEnforcement: Error, CustomStringConvertible {
  case landlock

  var description: String {
    switch self {
    case .landlock: "this kernel has no Landlock, or it is switched off (`lsm=` on the kernel command line)"
    }
  }
}
