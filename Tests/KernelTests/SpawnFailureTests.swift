import Glibc
import TestSupport
import Testing

@testable import Kernel

/// A step between clone and exec fails in the child: the parent must learn which and why, and nothing may be left.
@Suite("Programs that cannot be started")
struct SpawnFailureTests {
  @Test("what is not executable fails at the exec, and leaves neither process nor descriptor")
  func notExecutable() async {
    await #expect(processExitsWith: .success) {
      let place = try TemporaryDirectory()
      let program = try FileDescriptor.open(try place.makeFile("text", "no program"), .path)
      let before = try openDescriptors()
      let plan = SpawnPlan(arguments: [bytes("text")], environment: [], descriptors: [])
      let error = failure { try ChildProcess.spawn(program, plan) }
      #expect(error == KernelError(.clone, on: "execveat", code: EACCES))
      #expect(try openDescriptors() == before)
      #expect(try ChildProcess.reap(waiting: true) == nil)
    }
  }

  @Test("a file of no known format is ENOEXEC")
  func unknownFormat() throws {
    let place = try TemporaryDirectory()
    let program = try FileDescriptor.open(try place.makeFile("text", "no program", mode: 0o755), .path)
    let plan = SpawnPlan(arguments: [bytes("text")], environment: [], descriptors: [])
    #expect(
      failure { try ChildProcess.spawn(program, plan) } == KernelError(.clone, on: "execveat", code: ENOEXEC))
  }

  @Test("a working directory that is none fails at fchdir")
  func badDirectory() throws {
    let program = try FileDescriptor.open("/bin/true", .path)
    var plan = SpawnPlan(arguments: [bytes("true")], environment: [], descriptors: [])
    plan.workingDirectory = program.number
    #expect(
      failure { try ChildProcess.spawn(program, plan) } == KernelError(.clone, on: "fchdir", code: ENOTDIR))
  }

  @Test("a descriptor that is not open fails at dup")
  func badDescriptor() throws {
    let program = try FileDescriptor.open("/bin/true", .path)
    let plan = SpawnPlan(arguments: [bytes("true")], environment: [], descriptors: [1_000_000])
    #expect(failure { try ChildProcess.spawn(program, plan) } == KernelError(.clone, on: "dup", code: EBADF))
  }

  @Test("more descriptors than there is room for fail, and nothing is overwritten")
  func tooManyDescriptors() throws {
    let program = try FileDescriptor.open("/bin/true", .path)
    let plan = SpawnPlan(
      arguments: [bytes("true")], environment: [], descriptors: [CInt](repeating: program.number, count: 17))
    #expect(
      failure { try ChildProcess.spawn(program, plan) }
        == KernelError(.clone, on: "descriptors", code: EINVAL))
  }

  @Test("a Landlock ruleset that is none fails at landlock_restrict_self")
  func badRuleset() async {
    await #expect(processExitsWith: .success) {
      try Credentials.forbidNewPrivileges()
      let program = try FileDescriptor.open("/bin/true", .path)
      var plan = SpawnPlan(arguments: [bytes("true")], environment: [], descriptors: [])
      plan.landlock = program.number
      #expect(failure { try ChildProcess.spawn(program, plan) }?.subject == "landlock_restrict_self")
    }
  }
}
