import CSeccomp
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Kernel

/// Each system call between clone and exec fails in the child, by a filter on the thread that spawns: the program must
/// not run without what that call does.
@Suite("Steps between clone and exec that fail")
struct SpawnStepTests {
  /// A step by the name that the error gives it, the system call behind it, and what makes the spawn need it.
  private struct Step: Sendable {
    let name: String
    let call: String
    var code = EPERM
    var prepare: @Sendable (inout SpawnPlan) -> Void = { _ in }
    var isFiltered = false
  }

  private static let steps = [
    Step(name: "prctl", call: "prctl") { $0.diesWithParent = true },
    Step(name: "cgroup.procs", call: "write", code: ENOSPC) { $0.controlGroup = memoryFile },
    Step(name: "setsid", call: "setsid") { $0.newSession = true },
    Step(name: "fchdir", call: "fchdir", code: ENOMEM) { $0.workingDirectory = rootDirectory },
    Step(name: "setrlimit", call: "prlimit64") { $0.limits = [ResourceLimit(.coreSize, 0)] },
    Step(name: "landlock_restrict_self", call: "landlock_restrict_self", code: E2BIG) {
      $0.landlock = ruleset
    },
    Step(name: "seccomp", call: "seccomp", code: ENOMEM, isFiltered: true),
    Step(name: "unshare", call: "unshare", code: ENOMEM, isFiltered: true),
    Step(name: "dup", call: "fcntl", code: EMFILE),
    Step(name: "dup2", call: dup2Call, code: EMFILE),
    Step(name: "close_range", call: "close_range", code: ENOMEM),
    Step(name: "sigprocmask", call: "rt_sigprocmask"),
    Step(name: "execveat", call: "execveat", code: ENOMEM),
  ]

  #if arch(x86_64)
    private static let dup2Call = "dup2"
  #else
    private static let dup2Call = "dup3"
  #endif

  /// These stay open for the process's life.
  private static let rootDirectory = (try? FileDescriptor.open("/", .path).release()) ?? -1
  private static let memoryFile = (try? FileDescriptor.memoryFile(named: "test").release()) ?? -1
  private static let ruleset = (try? readingRuleset()) ?? -1

  /// Opens what else would be opened with the first step that needs it.
  private static func prepare() { _ = (rootDirectory, memoryFile, ruleset) }

  private static func readingRuleset() throws(KernelError) -> CInt {
    let ruleset = try LandlockRuleset(version: 1)
    try ruleset.allow([.execute, .readFile, .readDirectory], on: .open("/", .path))
    return try ruleset.descriptor.duplicate().release()
  }

  /// What a spawn gave: its error, nil when the program ran, and the program's output.
  private struct Outcome: Sendable {
    var error: KernelError?
    var output = ""
    var isFiltered = false
  }

  @Test(
    "the program does not run, no child and no descriptor is left, and the error names the step and its reason"
  )
  func failing() async {
    await #expect(processExitsWith: .success) {
      Self.prepare()
      for step in Self.steps {
        let before = try openDescriptors()
        let outcome = try Self.spawn(step, failing: true)
        #expect(outcome.isFiltered, "\(step.name)")
        #expect(outcome.error == KernelError(.clone, on: step.name, code: step.code))
        #expect(outcome.output == "", "\(step.name)")
        #expect(try ChildProcess.reap(waiting: true) == nil, "\(step.name)")
        #expect(try openDescriptors() == before, "\(step.name)")
      }
    }
  }

  @Test("without the failure each of these programs runs")
  func running() async {
    await #expect(processExitsWith: .success) {
      Self.prepare()
      for step in Self.steps {
        let outcome = try Self.spawn(step, failing: false)
        #expect(outcome.error == nil)
        #expect(outcome.output == "ran\n", "\(step.name)")
      }
    }
  }

  @Test("a clone that fails in the kernel leaves nothing either")
  func clone() async {
    await #expect(processExitsWith: .success) {
      let step = Step(name: "", call: "clone", code: EAGAIN)
      let outcome = try Self.spawn(step, failing: true)
      #expect(outcome.error == KernelError(.clone, code: EAGAIN))
      #expect(outcome.output == "")
      #expect(try ChildProcess.reap(waiting: true) == nil)
    }
  }

  /// In a thread of its own, which the filter holds for, and nothing else.
  private static func spawn(_ step: Step, failing: Bool) throws -> Outcome {
    let outcome = Shared()
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = ends.takeSecond().release()
    try WorkerThread.perform {
      do {
        let program = try FileDescriptor.open("/bin/sh", .path)
        try Credentials.forbidNewPrivileges()
        let filter = try allowingEverything()
        if failing { outcome.value.withLock { $0.isFiltered = fail(step.call, with: step.code) } }
        var plan = SpawnPlan(
          arguments: ["sh", "-c", "echo ran"].map(bytes), environment: [],
          descriptors: [writer, writer, writer])
        step.prepare(&plan)
        if step.isFiltered {
          var started = try ChildProcess.spawn(program, plan, filter: filter)
          _ = try started.takeChild()?.wait()
        } else {
          _ = try ChildProcess.spawn(program, plan).wait()
        }
      } catch let error as KernelError {
        outcome.value.withLock { $0.error = error }
      } catch {
        outcome.value.withLock { $0.output = "\(error)" }
      }
    }
    do { _ = FileDescriptor(owning: writer) }
    let output = try reader.readAll(limit: 100)
    outcome.value.withLock { $0.output += String(decoding: output, as: UTF8.self) }
    return outcome.value.withLock { $0 }
  }

  private final class Shared: Sendable {
    let value = Mutex(Outcome())
  }

  /// struct sock_filter: return SECCOMP_RET_ALLOW.
  private static func allowingEverything() throws -> FilterProgram {
    let program: [UInt8] = [0x06, 0, 0, 0, 0, 0, 0xFF, 0x7F]
    let file = try FileDescriptor.memoryFile(named: "filters", holding: FilterProgram.file(of: [program]))
    return try present(try FilterProgram(0, in: file))
  }

  /// From here on the system call fails in this thread and in what it starts; false when that could not be arranged.
  private static func fail(_ call: String, with code: CInt) -> Bool {
    let allow: UInt32 = 0x7FFF_0000
    let error = 0x0005_0000 | UInt32(code)
    guard let context = unsafe seccomp_init(allow) else { return false }
    defer { unsafe seccomp_release(context) }
    let number = unsafe seccomp_syscall_resolve_name(call)
    return unsafe number >= 0 && seccomp_rule_add_array(context, error, number, 0, nil) == 0
      && seccomp_load(context) == 0
  }
}
