import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Kernel

@Suite("Child processes")
struct ChildProcessTests {
  @Test("a program gets exactly the arguments and the environment that it was given")
  func argumentsAndEnvironment() throws {
    let arguments = try Spawned("/usr/bin/printf", ["any name", "<%s>", "a b", "", "-n", "é\n"])
    #expect(arguments.output == "<a b><><-n><é\n>")
    let environment = try Spawned("/usr/bin/env", ["env"], environment: ["A=1", "B=two words", "C="])
    #expect(environment.output == "A=1\nB=two words\nC=\n")
  }

  @Test("a program has its descriptors, from 0 on, and no other one")
  func descriptors() throws {
    // Noise that must not get through, as it is not close-on-exec.
    let leaky = try FileDescriptor.open("/dev/null").release()
    _ = dup2(leaky, 90)
    defer {
      close(leaky)
      close(90)
    }
    // The directory that ls reads has the lowest free number.
    let listing = try Spawned("/bin/ls", ["ls", "/proc/self/fd"])
    #expect(listing.output.split(separator: "\n") == ["0", "1", "2", "3"])
    #expect(listing.end == .exited(0))
  }

  @Test("descriptors land where they belong even when their numbers are in each other's way")
  func crossedDescriptors() async {
    await #expect(processExitsWith: .success) {
      // 0, 1 and 2 hold what shall become 2, 0 and 1.
      for (number, text) in ["c", "a", "b"].enumerated() {
        let file = try FileDescriptor.memoryFile(named: "test", holding: bytes(text))
        try file.seek(to: 0)
        #expect(dup2(file.number, CInt(number)) == CInt(number))
      }
      var ends = try FileDescriptor.pipe()
      let reader = ends.takeFirst()
      let writer = ends.takeSecond()
      let plan = SpawnPlan(
        arguments: ["sh", "-c", "cat <&0 >&3; cat <&1 >&3; cat <&2 >&3"].map(bytes), environment: [],
        descriptors: [1, 2, 0, writer.number])
      let child = try ChildProcess.spawn(try .open("/bin/sh", .path), plan)
      #expect(try child.wait() == .exited(0))
      let text = try reader.read(upTo: 100)
      #expect(text == bytes("abc"))
    }
  }

  @Test("an executable whose descriptor is among the numbers that the program gets is still executed")
  func lowExecutable() async {
    await #expect(processExitsWith: .success) {
      let program = try FileDescriptor.open("/bin/ls", .path)
      var ends = try FileDescriptor.pipe()
      let reader = ends.takeFirst()
      let writer = ends.takeSecond()
      try #require(program.number < 15)
      let plan = SpawnPlan(
        arguments: ["ls", "/proc/self/fd"].map(bytes), environment: [],
        descriptors: [CInt](repeating: writer.number, count: 16))
      let child = try ChildProcess.spawn(program, plan)
      #expect(try child.wait() == .exited(0))
      let names = try reader.read(upTo: 1000).split(separator: UInt8(ascii: "\n"))
      #expect(Set(names.map { String(decoding: $0, as: UTF8.self) }) == Set((0...16).map { String($0) }))
    }
  }

  @Test("an exit status and a signal are told apart")
  func ends() throws {
    #expect(try Spawned(script: "exit 7").end == .exited(7))
    #expect(try Spawned(script: "exit 255").end == .exited(255))
    #expect(try Spawned(script: "kill -15 $$").end == .signaled(15))
  }

  @Test("limits hold in the program and not here")
  func limits() throws {
    let run = try Spawned(script: "ulimit -n; ulimit -H -n; ulimit -c; ulimit -t") {
      $0.limits = [
        ResourceLimit(.descriptors, 200), ResourceLimit(.coreSize, 0), ResourceLimit(.cpuSeconds, 9),
      ]
    }
    #expect(run.output == "200\n200\n0\n9\n")
    var own = rlimit()
    #expect(unsafe getrlimit(__rlimit_resource_t(7), &own) == 0)
    #expect(own.rlim_cur != 200)
  }

  @Test("a file size limit ends what writes beyond it")
  func fileSizeLimit() throws {
    let place = try TemporaryDirectory()
    let run = try Spawned(script: "exec head -c 2000 /dev/zero > \(place.path)/file") {
      $0.limits = [ResourceLimit(.fileSize, 1000)]
    }
    #expect(run.end == .signaled(UInt8(SIGXFSZ)))
    #expect(try FileDescriptor.open(try place.path("file"), .path).status().size == 1000)
  }

  @Test("the program starts in the directory that it was given")
  func workingDirectory() throws {
    let place = try TemporaryDirectory()
    let directory = try FileDescriptor.open(try place.path(), [.path, .directory])
    let number = directory.number
    let run = try Spawned("/bin/pwd", ["pwd", "-P"]) { $0.workingDirectory = number }
    #expect(run.output == "\(place.path)\n")
  }

  @Test("a new session has its own leader")
  func session() throws {
    // Fields 1 and 6 of /proc/PID/stat: the process and its session.
    let script = "read pid name state parent group session rest < /proc/$$/stat; [ $session = $pid ]"
    #expect(try Spawned(script: script) { $0.newSession = true }.end == .exited(0))
    #expect(try Spawned(script: script).end == .exited(1))
  }

  @Test("a program starts with every signal unblocked and none ignored")
  func signals() async {
    await #expect(processExitsWith: .success) {
      SignalDescriptor.ignoreBrokenPipes()
      let signals = try SignalDescriptor([.terminate, .hangUp])
      let run = try Spawned("/bin/grep", ["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"])
      let masks = run.output.split(separator: "\n").map { UInt64($0.dropFirst(8), radix: 16) }
      // The C library keeps 32 and 33 to itself, and spawns with the first of them ignored.
      #expect(masks.map { $0.map { $0 & 0x7FFF_FFFF } } == [0, 0], "\(run.output)")
      // Here they still are.
      #expect(raise(SIGTERM) == 0)
      #expect(try signals.next() == .terminate)
    }
  }

  @Test("a program that dies with its parent ends with the thread that started it")
  func diesWithParent() throws {
    let slot = ChildSlot()
    try WorkerThread.perform { slot.start() }
    let child = try present(slot.take())
    #expect(try child.wait() == .signaled(9))
  }

  @Test("a killed program is reaped, and a signal to one that has ended is no error")
  func kill() throws {
    let null = try FileDescriptor.open("/dev/null")
    let program = try FileDescriptor.open("/bin/sleep", .path)
    let child = try ChildProcess.spawn(
      program,
      SpawnPlan(
        arguments: ["sleep", "60"].map(bytes), environment: [],
        descriptors: [null.number, null.number, null.number]))
    var entries = [PollEntry(child.pidfd, .readable)]
    #expect(try poll(&entries, milliseconds: 0) == 0)
    try child.kill()
    #expect(try poll(&entries, milliseconds: 10_000) == 1)
    #expect(try child.wait() == .signaled(9))
    #expect(failure { try child.kill() } == nil)
    #expect(failure { try child.wait() } == KernelError(.waitid, code: ECHILD))
  }
}

/// Hands a child from the thread that started it to the test.
private final class ChildSlot: Sendable {
  private let child = Mutex<ChildProcess?>(nil)

  func start() {
    do {
      let null = try FileDescriptor.open("/dev/null")
      var plan = SpawnPlan(
        arguments: ["sleep", "60"].map(bytes), environment: [],
        descriptors: [null.number, null.number, null.number])
      plan.diesWithParent = true
      let program = try FileDescriptor.open("/bin/sleep", .path)
      try child.withLock { $0 = try ChildProcess.spawn(program, plan) }
    } catch {
      Issue.record(error)
    }
  }

  func take() -> ChildProcess? { child.withLock { $0.take() } }
}
