import Glibc
import TestSupport
import Testing

@testable import Kernel

/// ``Faults`` hold for the whole process, so each test has a process of its own.
@Suite("Failing calls")
struct FaultTests {
  @Test("a call that a signal interrupted is made again")
  func interrupted() async {
    await #expect(processExitsWith: .success) {
      Faults.force([EINTR, EINTR], on: .read)
      let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("whole"))
      try file.seek(to: 0)
      let text = try file.readAll(limit: 100)
      #expect(text == bytes("whole"))
      #expect(Faults.next(for: .read) == nil)
      Faults.clear()
    }
  }

  @Test("an interruption before a real failure does not hide it")
  func interruptedThenFailed() async {
    await #expect(processExitsWith: .success) {
      Faults.force([EINTR, ENOMEM], on: .memfd_create)
      #expect(
        failure { try FileDescriptor.memoryFile(named: "test") } == KernelError(.memfd_create, code: ENOMEM))
      #expect(failure { try FileDescriptor.memoryFile(named: "test") } == nil)
    }
  }

  @Test("a full disk in the middle of a write surfaces with the bytes before it written")
  func fullDisk() async {
    await #expect(processExitsWith: .success) {
      let file = try FileDescriptor.memoryFile(named: "test")
      try file.writeAll(bytes("first"))
      Faults.force([ENOSPC], on: .write)
      #expect(failure { try file.writeAll(bytes("second")) } == KernelError(.write, code: ENOSPC))
      let size = try file.status().size
      #expect(size == 5)
      Faults.clear()
    }
  }

  @Test("no descriptors left is EMFILE of the very call, and nothing is lost by it")
  func noDescriptors() async {
    await #expect(processExitsWith: .success) {
      let before = try openDescriptors()
      Faults.force([EMFILE], on: .pipe)
      #expect(failure { try FileDescriptor.pipe() } == KernelError(.pipe, code: EMFILE))
      Faults.force([EMFILE], on: .socket)
      #expect(failure { try MessageSocket.pair() } == KernelError(.socket, code: EMFILE))
      Faults.force([EMFILE], on: .openat2)
      let error = failure { try FileDescriptor.open("/dev/null") }
      #expect(error == KernelError(.openat2, on: "/dev/null", code: EMFILE))
      #expect(try openDescriptors() == before)
    }
  }

  @Test("a listener that cannot be bound is closed again")
  func bindFails() async {
    await #expect(processExitsWith: .success) {
      let before = try openDescriptors()
      for call: SystemCall in [.bind, .listen] {
        let place = try TemporaryDirectory()
        let path = try place.path("socket")
        Faults.force([EPERM], on: call)
        let error = failure { try MessageSocket.listening(at: path, backlog: 1) }
        #expect(error?.call == call && error?.code == EPERM)
      }
      #expect(try openDescriptors() == before)
    }
  }

  @Test("a memory file that cannot be filled or sealed is closed again")
  func memoryFileFails() async {
    await #expect(processExitsWith: .success) {
      let before = try openDescriptors()
      for call: SystemCall in [.memfd_create, .write, .fcntl] {
        Faults.force([EPERM], on: call)
        let error = failure { try FileDescriptor.memoryFile(named: "test", holding: [1]) }
        #expect(error == KernelError(call, code: EPERM))
      }
      #expect(try openDescriptors() == before)
    }
  }

  @Test("a clone that fails says so and leaves no process")
  func cloneFails() async {
    await #expect(processExitsWith: .success) {
      let program = try FileDescriptor.open("/bin/true", .path)
      Faults.force([EAGAIN], on: .clone)
      let plan = SpawnPlan(arguments: [bytes("true")], environment: [], descriptors: [])
      let error = failure { try ChildProcess.spawn(program, plan) }
      #expect(error?.call == .clone && error?.code == EAGAIN)
      let left = try ChildProcess.reap(waiting: true)
      #expect(left == nil)
    }
  }

}
